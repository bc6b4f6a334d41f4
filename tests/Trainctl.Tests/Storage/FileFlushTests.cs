using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Folder.Flushing;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

/// <summary>A flush that the system refuses. No file has this descriptor, so that all refuse it.</summary>
[Platform(Exclude = "Win")]
public sealed class FileFlushTests
{
    private const int BadDescriptor = 9;

    [Test]
    public void A_file_that_does_not_reach_the_disk_is_a_failure()
    {
        using var nobodys = new SafeFileHandle(0x7FFF_0000, ownsHandle: false);

        var failure = Assert.Throws<IOException>(() => FileFlush.ToDisk(nobodys))!;

        Assert.That(failure.HResult, Is.EqualTo(BadDescriptor));
        Assert.That(failure.Message, Is.Not.Empty);
    }

    [Test]
    public void A_file_that_cannot_be_closed_is_a_failure()
    {
        using var nobodys = new SafeFileHandle(0x7FFF_0000, ownsHandle: false);

        Assert.Throws<IOException>(() => FileFlush.ThrowIfRefused(nobodys));
    }

    [Test]
    public void What_cannot_be_flushed_at_all_is_none()
    {
        using var pipe = new AnonymousPipeServerStream();
        using var end = new SafeFileHandle(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false);

        Assert.DoesNotThrow(() => FileFlush.ToDisk(end));
        Assert.DoesNotThrow(() => FolderFlush.Flush("/proc"));
    }

    [Test]
    public void The_file_stays_open()
    {
        using var folder = new TemporaryFolder();
        using var file = File.OpenHandle(folder.Write("a", "ab"), access: FileAccess.ReadWrite);

        FileFlush.ThrowIfRefused(file);
        FileFlush.ToDisk(file);

        Assert.That(RandomAccess.GetLength(file), Is.EqualTo(2));
    }
}
