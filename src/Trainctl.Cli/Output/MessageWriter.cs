using System.Text;

namespace Trainctl.Cli.Output;

/// <summary>Messages for whoever reads them. That nobody can any more, as when a terminal is gone, is no reason to stop work.</summary>
internal sealed class MessageWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException exception) when (exception.GetType() == typeof(IOException))
        {
            // A library that cannot be loaded is another kind, and no fault of the reader.
        }
    }
}
