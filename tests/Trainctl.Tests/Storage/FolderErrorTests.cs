using Trainctl.Diagnostics;
using Trainctl.Storage.Folder;

namespace Trainctl.Tests.Storage;

/// <summary>What file systems say, in words that help.</summary>
[Platform(Exclude = "Win", Reason = "The numbers are those of Unix.")]
public sealed class FolderErrorTests
{
    [TestCase(24, "Whatever the system says", TrainctlError.WriteFailed, "may not open more files. Raise the limit ('ulimit -n'), or lower Concurrency")]
    [TestCase(0, "Too many open files : '/a'", TrainctlError.WriteFailed, "may not open more files")]
    [TestCase(28, "Whatever the system says", TrainctlError.WriteFailed, "the disk is full. Free some space")]
    [TestCase(5, "Input/output error", TrainctlError.WriteFailed, "Writing '/a' failed: Input/output error.")]
    public void A_failure_says_what_to_do(int number, string message, TrainctlError error, string expected)
    {
        var failure = FolderErrors.Writing("/a", new IOException(message, number));

        Assert.That(failure.Error, Is.EqualTo(error));
        Assert.That(failure.Message, Does.Contain(expected));
    }
}
