using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Trainctl.Testing.Fuzzing;

/// <summary>A web server that gives to everything the answer that a test says: what no real store at hand can be made to say.</summary>
public sealed class AnsweringServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Thread _serving;

    public AnsweringServer()
    {
        _listener.Start();
        Url = new Uri($"http://{_listener.LocalEndpoint}");
        _serving = new Thread(Serve) { IsBackground = true };
        _serving.Start();
    }

    public Uri Url { get; }

    /// <summary>The body of every answer; it is XML.</summary>
    public byte[] Body { get; set; } = [];

    /// <summary>The status of every answer.</summary>
    public int Status { get; set; } = 200;

    /// <summary>How many requests came.</summary>
    public int Requests { get; private set; }

    public void Dispose()
    {
        _listener.Stop();
        _serving.Join();
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                using var client = _listener.AcceptTcpClient();
                Answer(client.GetStream());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private void Answer(NetworkStream stream)
    {
        try
        {
            var request = ReadHead(stream);
            var length = request.Split("\r\n").FirstOrDefault(static l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } line
                ? int.Parse(line[15..], CultureInfo.InvariantCulture)
                : 0;
            stream.ReadExactly(new byte[length]);
            Requests++;
            var head = $"HTTP/1.1 {Status} Answered\r\nContent-Type: application/xml\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n";
            stream.Write([.. Encoding.ASCII.GetBytes(head), .. Body]);
        }
        catch (IOException)
        {
            // The client is gone.
        }
    }

    private static string ReadHead(NetworkStream stream)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && stream.ReadByte() is var next and >= 0)
            head.Append((char)next);
        return head.ToString();
    }
}
