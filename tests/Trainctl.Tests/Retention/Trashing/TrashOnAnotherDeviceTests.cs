using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>A trash that is mounted below the location, so that nothing can be renamed into it.</summary>
public sealed class TrashOnAnotherDeviceTests
{
    private const string Large = "a/checkpoint-1/optimizer.pt";
    private const int LargeBytes = 300 * 1024;

    private static readonly PruneCheckpointsSettings Prune = new() { Location = "runs", KeepLast = 2, Trash = ".trash" };
    private static readonly RestoreCheckpointsSettings Restore = new() { Location = "runs" };

    private TemporaryFolder _folder = null!;
    private string[] _before = null!;
    private Action<string>? _onNamed;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        foreach (var step in (int[])[1, 2, 3])
        {
            HuggingFaceRun.Write(_folder, "runs/a", step);
            _folder.Write($"runs/a/checkpoint-{step}/optimizer.pt", "2");
        }

        var content = new byte[LargeBytes];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(InPlace, content);
        File.SetLastWriteTimeUtc(InPlace, new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddTicks(1234567));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(InPlace, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        _before = State();
        _onNamed = null;
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task Nothing_is_lost_on_the_way_there_and_back()
    {
        var prune = await Engine.PruneCheckpointsAsync(Prune);
        var between = _folder.Files("runs/a/");
        var restore = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.Multiple(() =>
        {
            Assert.That((prune.ExitCode, restore.ExitCode), Is.EqualTo((0, 0)));
            Assert.That(between, Is.All.Not.StartsWith("checkpoint-1/"));
            Assert.That(State(), Is.EqualTo(_before));
        });
    }

    /// <summary>Former releases copied under the final name.</summary>
    [Test]
    public async Task A_part_of_a_copy_in_the_trash_is_replaced_by_the_next_prune()
    {
        await LeavePartAsync();

        var prune = await Engine.PruneCheckpointsAsync(Prune);
        var between = _folder.Files("runs/a/");
        await Engine.RestoreCheckpointsAsync(Restore);

        Assert.That((prune.ExitCode, between.Any(static f => f.StartsWith("checkpoint-1/", StringComparison.Ordinal))), Is.EqualTo((0, false)), string.Join('\n', prune.Objects.Select(static o => o.Error)));
        Assert.That(State(), Is.EqualTo(_before));
    }

    [Test]
    public async Task A_part_of_a_copy_in_the_trash_is_no_obstacle_to_a_restore()
    {
        await LeavePartAsync();

        var restore = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.That(restore.ExitCode, Is.Zero);
        Assert.That(State(), Is.EqualTo(_before));
    }

    [Test]
    public async Task A_move_that_ended_before_the_original_was_deleted_is_ended()
    {
        await Engine.PruneCheckpointsAsync(Prune);
        BringBack(move: false);

        var prune = await Engine.PruneCheckpointsAsync(Prune);
        await Engine.RestoreCheckpointsAsync(Restore);

        Assert.That(prune.ExitCode, Is.Zero);
        Assert.That(State(), Is.EqualTo(_before));
    }

    [Test]
    public async Task Something_else_of_that_name_is_not_replaced()
    {
        await Engine.PruneCheckpointsAsync(Prune);
        BringBack(move: true);
        var larger = Path.Join(Trash, Large);
        File.WriteAllBytes(larger, new byte[LargeBytes + 1]);

        var prune = await Engine.PruneCheckpointsAsync(Prune);

        Assert.That((prune.ExitCode, File.Exists(InPlace), new FileInfo(larger).Length), Is.EqualTo((1, true, (long)LargeBytes + 1)));
    }

    [Test]
    public async Task What_changes_while_it_is_copied_stays()
    {
        _onNamed = target =>
        {
            if (target.EndsWith("optimizer.pt", StringComparison.Ordinal))
                File.AppendAllText(InPlace, "more");
        };

        var prune = await Engine.PruneCheckpointsAsync(Prune);

        Assert.That(prune.Objects.Single(static o => o.Key == Large).ErrorCode, Is.EqualTo("TRAINCTL3003"));
        Assert.That(new FileInfo(InPlace).Length, Is.EqualTo(LargeBytes + 4));
    }

    [Test]
    public async Task A_real_disk_that_is_full_leaves_nothing_cut_short()
    {
        Directory.CreateDirectory(_folder.Combine("runs/.trash"));
        using var disk = SmallDisk.Mount(1024 * 1024, _folder.Combine("runs/.trash"));
        disk.Fill(butBytes: LargeBytes / 2);

        var full = await TestHost.Engine(_folder).PruneCheckpointsAsync(Prune);
        var left = _folder.Files("runs/.trash");
        disk.Free();
        var prune = await TestHost.Engine(_folder).PruneCheckpointsAsync(Prune);
        var between = _folder.Files("runs/a/");
        var restore = await TestHost.Engine(_folder).RestoreCheckpointsAsync(Restore);

        Assert.Multiple(() =>
        {
            Assert.That(full.Objects.Single(static o => o.Key == Large).Error, Does.Contain("the disk is full"));
            Assert.That(left, Has.None.EndsWith("optimizer.pt").And.None.EndsWith(".tmp"));
            Assert.That(between, Is.All.Not.StartsWith("checkpoint-1/"));
            Assert.That((prune.ExitCode, restore.ExitCode), Is.EqualTo((0, 0)));
            Assert.That(State(), Is.EqualTo(_before));
        });
    }

    private TrainctlEngine Engine => new(TestHost.For(_folder) with
    {
        OpenStore = (_, _, _) => new FolderStore(ObjectUrl.Parse(_folder.Combine("runs"))) { Renaming = RenameOnOneDevice },
    });

    private string InPlace => _folder.Combine("runs/" + Large);

    private string Trash => Directory.GetDirectories(_folder.Combine("runs/.trash")).Single();

    private RenameResult RenameOnOneDevice(string path, string target)
    {
        if (IsInTrash(path) != IsInTrash(target))
            return RenameResult.OtherDevice;
        var result = FileRename.TryRename(path, target);
        _onNamed?.Invoke(target);
        return result;
    }

    private bool IsInTrash(string path) => path.StartsWith(_folder.Combine("runs/.trash") + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The checkpoint is in the trash but for one file, which is whole at its place.</summary>
    private void BringBack(bool move)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InPlace)!);
        File.Copy(Path.Join(Trash, Large), InPlace);
        File.SetLastWriteTimeUtc(InPlace, File.GetLastWriteTimeUtc(Path.Join(Trash, Large)));
        if (move)
            File.Delete(Path.Join(Trash, Large));
    }

    private async Task LeavePartAsync()
    {
        await Engine.PruneCheckpointsAsync(Prune);
        BringBack(move: false);
        using var part = File.OpenWrite(Path.Join(Trash, Large));
        part.SetLength(LargeBytes / 3);
    }

    private string[] State() =>
    [
        .. _folder.Files().Select(f => $"{f} {File.GetLastWriteTimeUtc(_folder.Combine(f)):O} {Mode(_folder.Combine(f))} {Convert.ToHexString(File.ReadAllBytes(_folder.Combine(f)))}"),
    ];

    private static string Mode(string path) => OperatingSystem.IsWindows() ? "" : File.GetUnixFileMode(path).ToString();
}
