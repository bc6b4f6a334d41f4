using System.Text;
using Spectre.Console;

namespace Trainctl.Cli.Output;

/// <summary>Spectre's console on standard error.</summary>
internal static class Terminal
{
    /// <summary>A console that draws for a person.</summary>
    public static IAnsiConsole Live(CliHost host, bool hasColor) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        ColorSystem = hasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.Yes,
        Out = new Output(host.Error, static () => Console.IsErrorRedirected ? 80 : Console.WindowWidth),
    });

    /// <summary>Shown width decides where lines break; text that is no drawing is not to be broken.</summary>
    private sealed class Output(TextWriter writer, Func<int> width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => Math.Max(20, width());

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
