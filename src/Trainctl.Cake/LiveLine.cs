namespace Trainctl.Cake;

/// <summary>One line at the bottom of a terminal that is drawn over and over.</summary>
internal sealed class LiveLine(TextWriter terminal, Func<int> width) : IDisposable
{
    private const string ClearLine = "\r\u001b[K";

    private readonly Lock _lock = new();
    private string _text = "";

    /// <summary>
    /// The console's: Cake's log writes whole lines only, and its console, which a script cannot reach, has no width. Null when output is
    /// not a terminal that can draw over a line.
    /// </summary>
    public static LiveLine? ForConsole(Func<string, string?> environment)
    {
        if (Console.IsOutputRedirected || environment("CI") is not null || environment("TERM") == "dumb")
            return null;
        return new LiveLine(Console.Out, static () => Console.WindowWidth);
    }

    public void Draw(string text)
    {
        lock (_lock)
        {
            var room = Math.Max(width() - 1, 20);
            _text = text.Length > room ? text[..room] : text;
            terminal.Write(ClearLine + _text);
        }
    }

    /// <summary>Clears the line, lets something else write whole lines, and draws it again below.</summary>
    public void Interrupt(Action write)
    {
        lock (_lock)
        {
            if (_text.Length > 0)
                terminal.Write(ClearLine);
            write();
            terminal.Write(_text);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_text.Length > 0)
                terminal.Write(ClearLine);
            _text = "";
        }
    }
}
