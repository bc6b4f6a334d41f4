using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Trainctl.Benchmarks.Peers;

namespace Trainctl.Benchmarks.HotCode;

/// <summary>
/// Runs a native program and notes which of its methods are entered, in the order in which they are for the first time: each begins with a breakpoint, which
/// is taken away when it is met (ptrace(2)). Everything that has to do with one process must be done by one thread.
/// </summary>
[SupportedOSPlatform("linux")]
internal static partial class TracedProcess
{
    private const byte Breakpoint = 0xcc;
    private const int InstructionPointer = 16;
    private const int Registers = 27;
    private const int AllKinds = 0x40000000;
    private const int Trap = 5;
    private const int ExecEvent = 4;

    private enum Request
    {
        Continue = 7,
        GetRegisters = 12,
        SetRegisters = 13,
        Seize = 0x4206,
    }

    [Flags]
    private enum Options
    {
        TraceClone = 1 << 3,
        TraceExec = 1 << 4,
        ExitKill = 1 << 20,
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="symbols">The program's methods.</param>
    /// <param name="arguments">The program and what it is given.</param>
    /// <param name="environment">Variables to set; null removes one.</param>
    /// <param name="output">Files with what it writes are named so, with <c>.out</c> and <c>.err</c> at the end.</param>
    /// <returns>Addresses of the methods that were entered.</returns>
    /// <exception cref="PeerException">It failed.</exception>
    public static IReadOnlyList<ulong> Run(
        MethodSymbols symbols, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment, string output)
    {
        using var program = OrphanProcess.Start(arguments, environment, output);
        Call(Request.Seize, program.Id, 0, (nint)(Options.TraceClone | Options.TraceExec | Options.ExitKill));
        program.Begin();
        var trace = new Trace(symbols, program.Id);
        var status = trace.Run();
        return status == 0 ? trace.Entered : throw new PeerException(
            string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', arguments)} ended with status {status}: {File.ReadAllText(output + ".err").Trim()}"));
    }

    private static void Call(Request request, int thread, nint address, nint data)
    {
        if (ProcessTrace((int)request, thread, address, data) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{request} of the traced thread {thread} failed.");
    }

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    private static partial nint ProcessTrace(int request, int thread, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitFor(int id, out int status, int options);

    private sealed class Trace(MethodSymbols symbols, int process)
    {
        private readonly HashSet<ulong> _methods = [.. symbols.Addresses];
        private readonly HashSet<ulong> _met = [];
        private readonly byte[] _code = new byte[symbols.Length];
        private readonly ulong[] _registers = new ulong[Registers];
        private SafeFileHandle? _memory;

        public List<ulong> Entered { get; } = [];

        /// <returns>As wait(2) tells it.</returns>
        public int Run()
        {
            try
            {
                while (true)
                {
                    var thread = WaitFor(-1, out var status, AllKinds);
                    if (thread < 0)
                        throw new Win32Exception(Marshal.GetLastPInvokeError(), "The traced process cannot be waited for.");
                    if ((status & 0xff) == 0x7f)
                        Continue(thread, SignalToPass(thread, (status >> 8) & 0xff, status >> 16));
                    else if (thread == process)
                        return status;
                }
            }
            finally
            {
                _memory?.Dispose();
            }
        }

        /// <summary>Does what a stop is for.</summary>
        /// <returns>The signal that the program is to see; 0 for none.</returns>
        private int SignalToPass(int thread, int signal, int stop)
        {
            switch (stop)
            {
                case ExecEvent:
                    SetBreakpoints();
                    return 0;
                case not 0:
                    return 0;
                default:
                    return signal == Trap && IsOurs(thread) ? 0 : signal;
            }
        }

        private void SetBreakpoints()
        {
            _memory = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/mem"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            for (var read = 0; read < _code.Length;)
            {
                if (RandomAccess.Read(_memory, _code.AsSpan(read), (long)symbols.Begin + read) is var more and > 0)
                    read += more;
                else
                    throw new PeerException("The program's code cannot be read.");
            }

            var trapped = (byte[])_code.Clone();
            foreach (var method in _methods)
                trapped[method - symbols.Begin] = Breakpoint;
            RandomAccess.Write(_memory, trapped, (long)symbols.Begin);
        }

        /// <summary>Goes back to the instruction that the breakpoint stood for. Another thread may have met it at the same time.</summary>
        private unsafe bool IsOurs(int thread)
        {
            fixed (ulong* registers = _registers)
            {
                Call(Request.GetRegisters, thread, 0, (nint)registers);
                var method = _registers[InstructionPointer] - 1;
                if (!_methods.Contains(method))
                    return false;
                if (_met.Add(method))
                {
                    Entered.Add(method);
                    RandomAccess.Write(_memory!, _code.AsSpan((int)(method - symbols.Begin), 1), (long)method);
                }

                _registers[InstructionPointer] = method;
                Call(Request.SetRegisters, thread, 0, (nint)registers);
                return true;
            }
        }

        private static void Continue(int thread, int signal) => Call(Request.Continue, thread, 0, signal);
    }
}
