using Trainctl.Storage.Folder;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

/// <summary>Another name for a file.</summary>
public sealed class FileRenameTests
{
    [Test]
    public void A_name_that_is_free_is_given_and_one_that_is_taken_is_not()
    {
        using var folder = new TemporaryFolder();
        var (file, other) = (folder.Write("file", "file"), folder.Write("other", "other"));

        var taken = FileRename.TryRename(file, other);
        var free = FileRename.TryRename(file, folder.Combine("ä new name"));

        Assert.That((taken, free), Is.EqualTo((RenameResult.Taken, RenameResult.Done)));
        Assert.That(folder.Files().Select(f => File.ReadAllText(folder.Combine(f))), Is.EqualTo(new[] { "other", "file" }));
    }

    [Test]
    public void A_link_that_leads_nowhere_has_its_name()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.Combine("link"), "nothing");

        Assert.That(FileRename.TryRename(folder.Write("file", "file"), folder.Combine("link")), Is.EqualTo(RenameResult.Taken));
    }

    [Test]
    public void What_is_gone_cannot_have_another_name()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<FileNotFoundException>(() => FileRename.TryRename(folder.Combine("gone"), folder.Combine("new")));
    }

    /// <summary>Where this machine has two.</summary>
    [Test]
    public void Nothing_is_copied_to_another_device()
    {
        using var folder = new TemporaryFolder();
        if (!Directory.Exists("/dev/shm") || folder.Path.StartsWith("/dev/shm", StringComparison.Ordinal))
            Assert.Ignore("There is no other device here.");
        var file = folder.Write("file", "file");
        var target = $"/dev/shm/{Path.GetFileName(folder.Path)}";

        var result = FileRename.TryRename(file, target);

        Assert.That((result, File.Exists(file), File.Exists(target)), Is.EqualTo((RenameResult.OtherDevice, true, false)));
    }
}
