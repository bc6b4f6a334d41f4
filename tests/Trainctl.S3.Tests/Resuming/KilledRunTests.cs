using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>
/// A process is killed in the middle of a transfer of a few files: with the s5cmd that works for it, as by the end of a machine, and alone, so that s5cmd goes
/// on for a while. Another process runs after it.
/// </summary>
[TestFixtureSource(typeof(RealS5cmd), nameof(RealS5cmd.Backends))]
public sealed class KilledRunTests(TransferBackend backend) : KillFixture(backend)
{
    private const int MebiByte = 1024 * 1024;

    /// <summary>Names and sizes; one too small for parts.</summary>
    private static readonly (string Name, int Size)[] Sources = [("a small", 70_000), ("big", (31 * MebiByte) + 17), ("deep/bigger", 33 * MebiByte)];

    private static readonly long Size = Sources.Sum(static s => (long)s.Size);

    private static IEnumerable<int> Rounds => Enumerable.Range(1, SearchSize.Of(2));

    [Test]
    public async Task An_upload_that_is_killed_leaves_only_whole_objects_and_the_next_run_nothing_else([ValueSource(nameof(Rounds))] int round)
    {
        await WriteSourcesAsync();

        await KillAsync("from", Remote, round, () => Proxy.Sent);

        var killed = await StoredAsync();
        var unfinished = (await UploadsAsync()).Count;
        await TestContext.Out.WriteLineAsync($"upload {round}: {killed.Length} objects and {unfinished} unfinished uploads were left");
        Assert.That(killed.Where(static s => !s.IsWhole), Is.Empty, "nothing half is ever visible");
        await RunToEndAsync("from", Remote);
        Assert.That(await StoredAsync(), Is.EqualTo(Sources.Select(static s => (s.Name, IsWhole: true))));
        await AssertNothingLeftAsync([.. Sources.Select(static s => "from/" + s.Name)]);
    }

    [Test]
    public async Task A_download_that_is_killed_leaves_only_whole_files_and_the_next_run_nothing_else([ValueSource(nameof(Rounds))] int round)
    {
        await WriteSourcesAsync();
        await RunToEndAsync("from", Remote);

        await KillAsync(Remote, "to", round, () => Proxy.Received);

        var left = Folder.Files("to");
        await TestContext.Out.WriteLineAsync($"download {round}: {string.Join(", ", left)} were left");
        foreach (var name in left.Where(static f => !TemporaryName.Matches(Path.GetFileName(f.AsSpan()))))
            Assert.That(await IsFetchedWholeAsync(name), Is.True, $"'{name}' is half");
        await RunToEndAsync(Remote, "to");
        foreach (var (name, _) in Sources)
            Assert.That(await IsFetchedWholeAsync(name), Is.True, name);
        await AssertNothingLeftAsync([.. Sources.Select(static s => "from/" + s.Name), .. Sources.Select(static s => "to/" + s.Name)]);
    }

    private async Task WriteSourcesAsync()
    {
        foreach (var (name, size) in Sources)
            await WriteAsync("from/" + name, size, seed: size);
    }

    /// <summary>Kills where so many bytes have passed that what is large is on its way, and no more pass.</summary>
    private async Task KillAsync(string from, string to, int round, Func<long> moved)
    {
        var share = 0.1 + (0.8 * new Random(round).NextDouble());
        var limit = moved() + (long)(share * Size);
        Proxy.HoldAfter((long)(share * Size));
        using (var process = Start(from, to))
        {
            while (moved() <= limit && !process.HasExited)
                await Task.Delay(2);
            Assert.That(process.HasExited, Is.False, "it cannot have come to its end");
            if (IsByS5cmd)
                Assert.That(Folder.Files("state"), Has.Some.StartsWith("s5cmd/"), "it is known what s5cmd has in its hands");
            process.Kill(entireProcessTree: round % 2 == 1);
            await process.WaitForExitAsync();
        }

        Proxy.Release();
        await Proxy.IdleAsync();
    }

    /// <summary>What is below the prefix, and whether each is what it is to be.</summary>
    private async Task<(string Name, bool IsWhole)[]> StoredAsync()
    {
        await using var store = Bucket.Open("to");
        var stored = new List<(string, bool)>();
        await foreach (var found in store.ListAsync(new ListRequest()))
        {
            await using var stream = await store.OpenReadAsync(found.Key);
            stored.Add((found.Key, await IsSameAsync(stream, "from/" + found.Key)));
        }

        return [.. stored];
    }

    private async Task<bool> IsFetchedWholeAsync(string name)
    {
        await using var stream = File.OpenRead(Folder.Combine("to/" + name));
        return await IsSameAsync(stream, "from/" + name);
    }
}
