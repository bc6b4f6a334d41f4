using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Verification;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>
/// Two machines publish checkpoints of the same names and other bytes to one prefix of a real server, and prune it, all at once. No checkpoint is torn: each
/// manifest that is there at the end is true of every byte, and one machine alone then makes everything whole.
/// </summary>
public sealed class TwoMachinesTests
{
    private const int Checkpoints = 4;
    private const int Kept = 2;
    private const int Turns = 2;

    private TestBucket _bucket = null!;
    private TemporaryFolder _one = null!;
    private TemporaryFolder _other = null!;
    private int _listedAndGone;

    [SetUp]
    public async Task SetUpAsync()
    {
        _bucket = await TestBucket.CreateAsync();
        _one = Machine(1);
        _other = Machine(2);
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        _one?.Dispose();
        _other?.Dispose();
        if (_bucket is not null)
            await _bucket.DisposeAsync();
    }

    [Test]
    public async Task No_checkpoint_is_torn()
    {
        var failed = 0;
        _listedAndGone = 0;
        for (var round = 0; round < SearchSize.Of(20); round++)
        {
            var place = _bucket.Url($"round-{round}");
            // What is pruned cannot be torn any more, so every other round goes without.
            var prunes = round % 2 == 0 ? new[] { Task.Run(() => PruneAsync(_one, place)), Task.Run(() => PruneAsync(_other, place)) } : [];
            var reports = await Task.WhenAll([Task.Run(() => PublishAsync(_one, place)), Task.Run(() => PublishAsync(_other, place)), .. prunes]);
            failed += reports.Sum();

            await AssertManifestsAreTrueAsync(round);
            var alone = await Engine(_one).UploadCheckpointsAsync(Upload(place));
            var verified = await Engine(_one).VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = place });
            await AssertManifestsAreTrueAsync(round);
            Assert.That(alone.ExitCode, Is.Zero, string.Join('\n', alone.Units));
            Assert.That(verified.Units.Select(static u => u.Result), Is.All.EqualTo(VerifyResult.Proven).And.Exactly(Checkpoints).Items, string.Join('\n', verified.Units));
        }

        await TestContext.Out.WriteLineAsync($"{failed} of the uploads and prunes said that somebody else was in their way; {_listedAndGone} manifests were listed and not there.");
    }

    /// <summary>How many turns did not end with 0; none may throw.</summary>
    private static async Task<int> TurnsAsync(Func<Task<int>> turn)
    {
        var failed = 0;
        for (var i = 0; i < Turns; i++)
            failed += await turn() == 0 ? 0 : 1;
        return failed;
    }

    private Task<int> PublishAsync(TemporaryFolder machine, ObjectUrl place) =>
        TurnsAsync(async () => (await Engine(machine).UploadCheckpointsAsync(Upload(place))).ExitCode);

    private Task<int> PruneAsync(TemporaryFolder machine, ObjectUrl place) => TurnsAsync(async () =>
        (await Engine(machine).PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = place, KeepLast = Kept })).ExitCode);

    private static UploadCheckpointsSettings Upload(ObjectUrl place) => new() { Source = "run", Destination = place };

    private TrainctlEngine Engine(TemporaryFolder machine) => new(_bucket.Host(machine));

    private async Task AssertManifestsAreTrueAsync(int round)
    {
        await using var store = _bucket.Open($"round-{round}");
        await foreach (var found in store.ListAsync(new ListRequest()).Where(static o => Manifest.IsManifestKey(o.Key)))
        {
            if (await TryReadAsync(store, found) is not { } text)
                continue;
            foreach (var entry in ManifestJson.Read(text, found.Key)!.Objects)
            {
                var key = found.Key[..(found.Key.LastIndexOf('/') + 1)] + entry.Key;
                var there = await store.HeadAsync(key);
                Assert.That(there, Is.Not.Null, $"round {round}: {key} is listed and missing");
                var checksum = await ContentReader.ReadChecksumAsync(store, there!, static _ => { }, CancellationToken.None);
                Assert.That(checksum.ToString(), Is.EqualTo(entry.Checksum), $"round {round}: {key}");
            }
        }
    }

    /// <summary>Null for what is listed and not there: Ceph may list an object that was deleted at the moment at which somebody else wrote it (<see cref="ListedAndGoneTests"/>).</summary>
    private async Task<byte[]?> TryReadAsync(IObjectStore store, StoredObject found)
    {
        var text = new byte[found.Size];
        try
        {
            await ContentReader.ReadAsync(store, found, null, text, CancellationToken.None);
            return text;
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.ObjectNotFound)
        {
            Assert.That(await store.HeadAsync(found.Key), Is.Null, $"{found.Key} is gone for one request and there for another");
            _listedAndGone++;
            return null;
        }
    }

    private static TemporaryFolder Machine(byte number)
    {
        var folder = new TemporaryFolder();
        for (var step = 1; step <= Checkpoints; step++)
        {
            foreach (var (key, content) in TrainerRun.Checkpoint("run", step))
            {
                var own = content.ToArray();
                if (key.EndsWith(".safetensors", StringComparison.Ordinal))
                    own[^1] = number;
                Directory.CreateDirectory(Path.GetDirectoryName(folder.Combine(key))!);
                File.WriteAllBytes(folder.Combine(key), own);
                File.SetLastWriteTimeUtc(folder.Combine(key), DateTime.UnixEpoch.AddDays(20_000).AddMinutes(step).AddSeconds(number));
            }
        }

        return folder;
    }
}
