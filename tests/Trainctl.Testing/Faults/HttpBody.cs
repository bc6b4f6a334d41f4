using System.Globalization;
using System.Text;

namespace Trainctl.Testing.Faults;

/// <summary>The body of a message on its way. Streamed where its length is known; one that comes in chunks is read first, and goes on as one chunk.</summary>
internal sealed class HttpBody
{
    private const int BlockSize = 64 * 1024;
    private static readonly byte[] LastChunk = "0\r\n\r\n"u8.ToArray();

    private readonly HttpConnection _from;
    private readonly byte[]? _read;
    private readonly byte[] _before = [];
    private readonly byte[] _after = [];

    private HttpBody(HttpConnection from, long length)
    {
        _from = from;
        Length = length;
    }

    private HttpBody(HttpConnection from, byte[] read, bool isChunked)
    {
        _from = from;
        _read = read;
        Length = read.Length;
        if (!isChunked)
            return;
        _before = read.Length == 0 ? [] : Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{read.Length:x}\r\n"));
        _after = read.Length == 0 ? LastChunk : [(byte)'\r', (byte)'\n', .. LastChunk];
    }

    /// <summary>Bytes of content.</summary>
    public long Length { get; }

    /// <summary>Where content begins in what is sent.</summary>
    public int ContentStart => _before.Length;

    /// <summary>Bytes of all that is sent.</summary>
    public long FramedLength => _before.Length + Length + _after.Length;

    /// <summary>Bytes of content that have come in so far.</summary>
    public long Arrived { get; private set; }

    public static async Task<HttpBody> OfAsync(HttpConnection from, HttpHead head, CancellationToken cancellationToken)
    {
        if (!head.IsChunked)
            return new HttpBody(from, head.ContentLength ?? 0);
        using var content = new MemoryStream();
        while (true)
        {
            var line = await from.ReadLineAsync(cancellationToken);
            var chunk = new byte[int.Parse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture)];
            await from.ReadExactlyAsync(chunk, cancellationToken);
            content.Write(chunk);
            // After the last chunk there may be trailing fields before the empty line; nobody here sends any.
            await from.ReadLineAsync(cancellationToken);
            if (chunk.Length == 0)
                return new HttpBody(from, content.ToArray(), isChunked: true) { Arrived = content.Length };
        }
    }

    /// <summary>One that ends with its connection.</summary>
    public static async Task<HttpBody> ToTheEndAsync(HttpConnection from, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[BlockSize];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            content.Write(buffer, 0, read);
        return new HttpBody(from, content.ToArray(), isChunked: false) { Arrived = content.Length };
    }

    public static HttpBody Nothing(HttpConnection from) => new(from, 0);

    /// <summary>Passes it on.</summary>
    /// <returns>False when the outlet was cut; some of the body may not have been read then.</returns>
    public async Task<bool> CopyToAsync(FaultyOutlet to, CancellationToken cancellationToken)
    {
        if (_read is not null)
            return await to.WriteAsync(_before, cancellationToken) && await to.WriteAsync(_read, cancellationToken) && await to.WriteAsync(_after, cancellationToken);
        var buffer = new byte[BlockSize];
        while (Arrived < Length)
        {
            if (!await to.WriteAsync(await NextAsync(buffer, cancellationToken), cancellationToken))
                return false;
        }

        return true;
    }

    /// <summary>Reads it and keeps it from going on.</summary>
    public async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        if (_read is not null)
            return _read;
        var content = new byte[Length];
        while (Arrived < Length)
            await NextAsync(content.AsMemory((int)Arrived), cancellationToken);
        return content;
    }

    private async Task<Memory<byte>> NextAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = await _from.ReadAsync(buffer[..(int)Math.Min(buffer.Length, Length - Arrived)], cancellationToken);
        if (read == 0)
            throw new EndOfStreamException("A connection ended within a body.");
        Arrived += read;
        return buffer[..read];
    }
}
