using System.Net;
using System.Net.Sockets;
using Trainctl.Storage.S3;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Storage.S3;

/// <summary>A connection on which Linux is silent while nobody waits: nobody may wait for ever.</summary>
public sealed class LowWaterStreamTests
{
    private const int SocketLevel = 1;
    private const int LowWaterOption = 18;

    private Socket _sender = null!;
    private Socket _receiver = null!;
    private LowWaterStream _stream = null!;

    [SetUp]
    public async Task SetUp()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("Only on Linux connections have such a mark here.");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _receiver = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await _receiver.ConnectAsync(listener.LocalEndpoint);
        _sender = await listener.AcceptSocketAsync();
        _sender.NoDelay = true;
        _stream = new LowWaterStream(new NetworkStream(_receiver, ownsSocket: true), _receiver);
    }

    [TearDown]
    public async Task TearDown()
    {
        _sender?.Dispose();
        if (_stream is not null)
            await _stream.DisposeAsync();
        _receiver?.Dispose();
    }

    [Test]
    public async Task Reads_that_find_what_they_ask_for_make_it_silent()
    {
        Assert.That(Mark(), Is.EqualTo(1));

        await MakeSilentAsync();

        Assert.That(Mark(), Is.GreaterThan(LowWaterStream.Large));
    }

    [TestCase(1000)]
    [TestCase(0)]
    public async Task Small_reads_and_those_of_a_limited_bandwidth_leave_it_as_it_is(int size)
    {
        size = size == 0 ? new Bandwidth(long.MaxValue, TimeProvider.System).PieceBytes : size;
        await _sender.SendAsync(new byte[size]);
        await ArrivesAsync(size);

        await _stream.ReadExactlyAsync(new byte[size]);

        Assert.That(Mark(), Is.EqualTo(1));
    }

    [TestCase(1)]
    [TestCase(LowWaterStream.Large)]
    public async Task A_read_that_waits_is_told_of_the_first_byte(int asked)
    {
        await MakeSilentAsync();

        var reading = _stream.ReadAsync(new byte[asked]).AsTask();
        Assert.That(Mark(), Is.EqualTo(1));
        await Task.Delay(20);
        Assert.That(reading.IsCompleted, Is.False);
        await _sender.SendAsync(new byte[1]);

        Assert.That(await reading.WaitAsync(TimeSpan.FromSeconds(30)), Is.EqualTo(1));
    }

    /// <summary>Linux was silent about it, as it came before anybody asked.</summary>
    [Test]
    public async Task A_byte_that_came_in_silence_is_read_at_once()
    {
        await MakeSilentAsync();
        await _sender.SendAsync(new byte[1]);
        await ArrivesAsync(1);

        Assert.That(await _stream.ReadAsync(new byte[LowWaterStream.Large]).AsTask().WaitAsync(TimeSpan.FromSeconds(30)), Is.EqualTo(1));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task The_end_is_told_in_silence_too(bool isBefore)
    {
        await MakeSilentAsync();

        if (isBefore)
            _sender.Shutdown(SocketShutdown.Send);
        var reading = _stream.ReadAsync(new byte[LowWaterStream.Large]).AsTask();
        if (!isBefore)
            _sender.Shutdown(SocketShutdown.Send);

        Assert.That(await reading.WaitAsync(TimeSpan.FromSeconds(30)), Is.Zero);
    }

    [Test]
    public async Task A_reset_is_told_in_silence_too()
    {
        await MakeSilentAsync();
        var reading = _stream.ReadAsync(new byte[LowWaterStream.Large]).AsTask();

        _sender.LingerState = new LingerOption(true, 0);
        _sender.Dispose();

        await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public async Task Whatever_the_pieces_all_bytes_come_in_order()
    {
        for (var seed = 0; seed < SearchSize.Of(20); seed++)
        {
            var random = new Random(seed);
            var content = new byte[random.Next(1, 8 * 1024 * 1024)];
            random.NextBytes(content);
            var (sizes, pauses) = (new Random(seed + 1), new Random(seed + 2));

            var sending = Task.Run(async () =>
            {
                for (var sent = 0; sent < content.Length;)
                {
                    var piece = Math.Min(1 + sizes.Next(sizes.Next(2) == 0 ? 1_000_000 : 5_000), content.Length - sent);
                    await _sender.SendAsync(content.AsMemory(sent, piece));
                    sent += piece;
                    if (sizes.Next(10) == 0)
                        await Task.Delay(1);
                }
            });
            var received = new byte[content.Length];
            for (var read = 0; read < content.Length;)
            {
                var asked = Math.Min(pauses.Next(1, pauses.Next(2) == 0 ? 4 * LowWaterStream.Large : 1_000), content.Length - read);
                read += await _stream.ReadAsync(received.AsMemory(read, asked)).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
                if (pauses.Next(50) == 0)
                    await Task.Delay(1);
            }

            await sending;
            Assert.That(received.AsSpan().SequenceEqual(content), $"Seed {seed}");
        }
    }

    private async Task MakeSilentAsync()
    {
        await _sender.SendAsync(new byte[LowWaterStream.Large]);
        await ArrivesAsync(LowWaterStream.Large);
        await _stream.ReadExactlyAsync(new byte[LowWaterStream.Large]);
        Assert.That(Mark(), Is.GreaterThan(1));
    }

    private async Task ArrivesAsync(int bytes)
    {
        while (_receiver.Available < bytes)
            await Task.Delay(1);
    }

    private int Mark()
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        _receiver.GetRawSocketOption(SocketLevel, LowWaterOption, value);
        return BitConverter.ToInt32(value);
    }
}
