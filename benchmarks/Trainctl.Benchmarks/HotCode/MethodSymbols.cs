using System.Diagnostics;
using System.Globalization;
using Trainctl.Benchmarks.Peers;

namespace Trainctl.Benchmarks.HotCode;

/// <summary>Where the methods of a native program begin. It must lie at the addresses that it was linked for, as trainctl does on Linux.</summary>
internal sealed class MethodSymbols
{
    private const string First = "__start___managedcode";
    private const string End = "__stop___managedcode";

    private readonly ILookup<ulong, string> _names;

    private MethodSymbols(ILookup<ulong, string> names, ulong begin, ulong end)
    {
        _names = names;
        (Begin, Length) = (begin, (int)(end - begin));
        Addresses = [.. names.Select(static n => n.Key)];
    }

    /// <summary>Where the code of .NET begins.</summary>
    public ulong Begin { get; }

    /// <summary>How long it is, in bytes.</summary>
    public int Length { get; }

    /// <summary>Of all methods.</summary>
    public IReadOnlyList<ulong> Addresses { get; }

    /// <summary>More than one where methods have the same code.</summary>
    public IEnumerable<string> NamesAt(ulong address) => _names[address];

    /// <summary>Asks nm of the binutils.</summary>
    /// <exception cref="PeerException">The program has no symbols, or there is no nm.</exception>
    public static MethodSymbols Read(string program)
    {
        using var nm = Process.Start(new ProcessStartInfo("nm", ["--defined-only", program]) { RedirectStandardOutput = true })!;
        var all = new List<(ulong Address, string Name)>();
        while (nm.StandardOutput.ReadLine() is { } line)
        {
            // 0000000000535380 t S_P_CoreLib_System_Object___ctor
            if (line.Split(' ', 3) is [var address, _, var name])
                all.Add((ulong.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture), name));
        }

        nm.WaitForExit();
        ulong AddressOf(string name) => all.FirstOrDefault(s => s.Name == name) is { Name: not null } found
            ? found.Address
            : throw new PeerException($"'{program}' has no symbol {name}. Is it native code, published with -p:StripSymbols=false?");
        var (begin, end) = (AddressOf(First), AddressOf(End));
        return new MethodSymbols(all.Where(s => s.Address >= begin && s.Address < end && s.Name != First).ToLookup(static s => s.Address, static s => s.Name), begin, end);
    }
}
