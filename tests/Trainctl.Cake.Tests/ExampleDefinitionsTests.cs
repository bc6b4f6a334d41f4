using System.Security.Cryptography;
using Trainctl.Testing;

namespace Trainctl.Cake.Tests;

/// <summary>The example's pipeline is defined three times over one training program, and each definition does the same.</summary>
public sealed class ExampleDefinitionsTests
{
    private const string Epochs = "6";

    private static readonly Dictionary<string, string?> Own = new() { ["NUGET_PACKAGES"] = PackedPackage.Unpacked };

    [Test]
    public async Task All_definitions_leave_the_same_store_and_the_same_checkpoints_byte_for_byte()
    {
        await PackedPackage.AddAsync("src/Trainctl.MSBuild");
        var repository = TrainingRepository.FromExample();
        // Trained once, since a manifest tells when a file was written.
        await SucceedAsync(repository.CakeAsync("--target=Train", $"--epochs={Epochs}"));
        Directory.Move(repository.PathOf("checkpoints"), repository.PathOf("trained"));

        var script = await ResultOfAsync(repository, () => repository.CakeAsync("--target=TrainAndPublish", $"--epochs={Epochs}"));
        var project = await ResultOfAsync(repository, () => repository.DotnetAsync(Own, "build", "train.proj", "-nr:false", $"-p:Epochs={Epochs}"));

        Assert.That(project, Is.EqualTo(script));
        if (RealFrosting.Feed is not { } feed)
        {
            RealFrosting.SayMissing();
            return;
        }

        await PackedPackage.AddAsync("src/Trainctl");
        await PackedPackage.AddAsync("src/Trainctl.Cake.Frosting");
        repository.AddFeed("frosting", feed);
        var frosting = await ResultOfAsync(repository, () => repository.DotnetAsync(Own, "run", "--project", "build-frosting", "--", $"--epochs={Epochs}"));
        Assert.That(frosting, Is.EqualTo(script));
    }

    [Test]
    public async Task The_project_does_not_train_in_a_dry_run_and_changes_nothing()
    {
        await PackedPackage.AddAsync("src/Trainctl.MSBuild");
        var repository = TrainingRepository.FromExample();
        await SucceedAsync(repository.DotnetAsync(Own, "restore", "train.proj"));
        var before = repository.Snapshot();

        var output = await SucceedAsync(repository.DotnetAsync(Own, "build", "train.proj", "-nr:false", "-p:TrainctlDryRun=true"));

        Assert.Multiple(() =>
        {
            Assert.That(output, Does.Contain("Would run train.cs by dotnet, and publish its checkpoints to "));
            Assert.That(repository.Snapshot(), Is.EqualTo(before));
        });
    }

    /// <summary>What a definition makes of the same checkpoints: every file of the store, of what is left here, and of the data, with its content.</summary>
    private static async Task<string[]> ResultOfAsync(TrainingRepository repository, Func<Task<(int ExitCode, string Output)>> run)
    {
        foreach (var file in Directory.GetFiles(repository.PathOf("trained"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(repository.PathOf("checkpoints"), Path.GetRelativePath(repository.PathOf("trained"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
            File.SetLastWriteTimeUtc(copy, File.GetLastWriteTimeUtc(file));
        }

        var output = await SucceedAsync(run());
        string[] folders = ["store", "checkpoints", "data"];
        string[] files = [.. folders
            .SelectMany(folder => Directory.GetFiles(repository.PathOf(folder), "*", SearchOption.AllDirectories))
            .Select(file => $"{Path.GetRelativePath(repository.Folder, file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")
            .Order(StringComparer.Ordinal)];
        Assert.Multiple(() =>
        {
            Assert.That(output, Does.Contain("Training is already complete"));
            Assert.That(files.Count(static f => f.Contains("model.safetensors", StringComparison.Ordinal)), Is.InRange(6, 8), "the last 3 and the best, here and there");
            Assert.That(File.Exists(repository.PathOf("review.html")), Is.True);
        });
        foreach (var folder in folders)
            Directory.Delete(repository.PathOf(folder), recursive: true);
        File.Delete(repository.PathOf("review.html"));
        return files;
    }

    private static async Task<string> SucceedAsync(Task<(int ExitCode, string Output)> run)
    {
        var (exitCode, output) = await run;
        Assert.That(exitCode, Is.Zero, output);
        return output;
    }
}
