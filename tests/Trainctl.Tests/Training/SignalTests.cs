using System.Diagnostics;
using System.Runtime.InteropServices;
using Trainctl.Storage.Folder;
using Trainctl.Testing;
using Trainctl.Testing.Training;

namespace Trainctl.Tests.Training;

/// <summary>A front end in a process of its own gets real signals; its training writes to the streams that it inherited.</summary>
[Platform(Exclude = "Win", Reason = "There are no signals.")]
public sealed partial class SignalTests
{
    [TestCase(15, "3", 3)]
    [TestCase(15, null, 128 + 15)]
    [TestCase(2, "3", 128 + 2)]
    public async Task A_signal_for_the_front_end_reaches_training_whose_exit_code_becomes_its_own(int signal, string? onTerminate, int exitCode)
    {
        using var folder = new TemporaryFolder();
        string[] arguments =
        [
            Path.Join(AppContext.BaseDirectory, "Trainctl.TrainingHost.dll"), folder.Combine("checkpoints"), folder.Combine("store"),
            Path.Join(AppContext.BaseDirectory, "Trainctl.Trainer.dll"), "--out", folder.Combine("checkpoints/run"), "--count", "2", "--wait", "yes",
            .. onTerminate is null ? [] : (string[])["--on-term", onTerminate],
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Path })!;
        var told = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line && line != "saved 2")
        {
        }

        Assert.That(Kill(process.Id, signal), Is.Zero);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Shells start what is to run beside them ('nohup ... &') so that SIGINT is ignored, and .NET leaves that as it is.
            process.Kill(entireProcessTree: true);
            Assert.Fail($"Signal {signal} did not end the front end. Is it ignored in the process that runs the tests?");
        }

        await using var store = new FolderStore(folder.Combine("store"));
        Assert.That(process.ExitCode, Is.EqualTo(exitCode), await told);
        Assert.That(await PublishedTraining.StepsAsync(store), Is.EqualTo(exitCode == 3 ? [1, 2, 3] : new[] { 1, 2 }), await told);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
