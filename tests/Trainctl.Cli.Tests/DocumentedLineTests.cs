using System.Text.Json;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>The command lines that users were promised, exactly as written, by the installed tool on a real S3 server.</summary>
public sealed class DocumentedLineTests
{
    private ToolRun _tool = null!;

    [SetUp]
    public async Task SetUp()
    {
        _tool = await ToolRun.CreateAsync();
        for (var step = 1; step <= 12; step++)
            HuggingFaceRun.Write(_tool.Folder, "checkpoints", step);
        File.WriteAllBytes(_tool.Folder.Combine("checkpoints/best.pt"), ModelFile.Zip());
        File.WriteAllBytes(_tool.Folder.Combine("file.pt"), ModelFile.Zip());
    }

    [TearDown]
    public void TearDown() => _tool.Dispose();

    [Test]
    public async Task Files_and_folders_go_up_and_come_back_the_same()
    {
        await Done("trainctl s3 upload ./checkpoints/best.pt s3://bucket/checkpoints/best.pt");
        await Done("trainctl s3 upload ./checkpoints/ s3://bucket/checkpoints/ --recursive");
        await Done("trainctl s3 upload ./file.pt s3://bucket/file.pt --no-use-s5cmd");
        var listed = await Done("trainctl s3 list s3://bucket/checkpoints/ --recursive");
        var level = await Done("trainctl s3 list s3://bucket/checkpoints/ --human-readable");
        File.Delete(_tool.Folder.Combine("checkpoints/best.pt"));
        await Done("trainctl s3 download s3://bucket/checkpoints/best.pt ./best.pt");
        await Done("trainctl s3 download s3://bucket/checkpoints/ ./again/ --recursive");

        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllBytes(_tool.Folder.Combine("best.pt")), Is.EqualTo(ModelFile.Zip()));
            Assert.That(_tool.Folder.Files("again"), Is.EqualTo(_tool.Folder.Files("checkpoints").Append("best.pt").Order(StringComparer.Ordinal)));
            Assert.That(listed.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(37));
            Assert.That(level.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(13).And.Some.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ +\d+ B  best\.pt$"));
        });
    }

    [Test]
    public async Task A_second_sync_moves_nothing_in_either_direction()
    {
        var up = await Done("trainctl s3 sync ./checkpoints/ s3://bucket/checkpoints/ --direction up");
        var upAgain = await Done("trainctl s3 sync ./checkpoints/ s3://bucket/checkpoints/ --direction up");
        var downAgain = await Done("trainctl s3 sync ./checkpoints/ s3://bucket/checkpoints/ --direction down");
        Directory.Delete(_tool.Folder.Combine("checkpoints"), recursive: true);
        var down = await Done("trainctl s3 sync ./checkpoints/ s3://bucket/checkpoints/ --direction down");
        var between = await Done("trainctl s3 sync s3://bucket/checkpoints/ s3://bucket/copy/");

        Assert.Multiple(() =>
        {
            Assert.That(up, Does.Contain("37 objects copied"));
            Assert.That(upAgain, Does.Not.Contain("copied").And.Contain("37 objects unchanged"));
            Assert.That(downAgain, Does.Not.Contain("copied").And.Contain("37 objects unchanged"));
            Assert.That(down, Does.Contain("37 objects copied"));
            Assert.That(between, Does.Contain("37 objects copied"));
        });
    }

    [Test]
    public async Task Old_checkpoints_go_and_a_dry_run_only_says_so()
    {
        await Done("trainctl checkpoint upload checkpoints/ s3://bucket/checkpoints/");

        var dry = await Done("trainctl s3 cleanup s3://bucket/checkpoints/ --keep-last-n 10 --dry-run");
        await Done("trainctl s3 cleanup s3://bucket/checkpoints/ --keep-last-n 10");
        var local = await Done("trainctl checkpoint cleanup checkpoints/ --keep-last-n 10 --dry-run");
        await Done("trainctl checkpoint cleanup checkpoints/ --keep-last-n 10");
        await Done("trainctl s3 cleanup s3://bucket/checkpoints/ --keep-last-n 4 --plan-out plan.json --dry-run");
        await Done("trainctl apply plan.json");
        var left = JsonDocument.Parse(await Done("trainctl checkpoint list s3://bucket/checkpoints/ --json")).RootElement;

        Assert.Multiple(() =>
        {
            Assert.That(dry, Does.Contain("checkpoint-1 ").And.Contain("would remove"));
            Assert.That(local, Does.Contain("would remove"));
            Assert.That(Directory.GetDirectories(_tool.Folder.Combine("checkpoints")), Has.Length.EqualTo(10));
            Assert.That(left.GetProperty("runs")[0].GetProperty("units").EnumerateArray().Select(static u => u.GetProperty("step").GetInt64()), Is.EqualTo(new[] { 9, 10, 11, 12 }));
        });
    }

    [Test]
    public async Task What_is_there_is_reviewed_listed_and_verified()
    {
        await Done("trainctl checkpoint upload checkpoints/ s3://bucket/training/");

        var review = await Done("trainctl s3 review s3://bucket/training/");
        var detailed = await Done("trainctl s3 review s3://bucket/training/ --detailed");
        var local = await Done("trainctl checkpoint list checkpoints/");
        var proven = await Done("trainctl checkpoint verify s3://bucket/training/");
        File.WriteAllText(_tool.Folder.Combine("config.json"), "[]");
        await Done("trainctl s3 upload config.json s3://bucket/training/checkpoint-7/config.json");
        var (exitCode, damaged, error) = await RunAsync("trainctl checkpoint verify s3://bucket/training/");

        Assert.Multiple(() =>
        {
            Assert.That(review, Does.Contain("huggingface-trainer"));
            Assert.That(detailed.Length, Is.GreaterThan(review.Length));
            Assert.That(local, Does.Contain("checkpoint-12"));
            Assert.That(proven, Does.Contain("12 checkpoints proven"));
            Assert.That((exitCode, damaged), Is.EqualTo((4, damaged)));
            Assert.That(damaged, Does.Contain("damaged").And.Contain("checkpoint-7/config.json holds crc64nvme:"));
            Assert.That(error, Does.StartWith("TRAINCTL3004: 1 checkpoint at "));
        });
    }

    [Test]
    public async Task A_wrong_key_and_a_missing_bucket_are_exit_3_and_say_so()
    {
        var missing = await RunAsync("trainctl s3 download s3://bucket/no/such.pt ./x.pt");
        var bucket = await RunAsync("trainctl s3 list s3://no-such-bucket-of-trainctl/");

        Assert.Multiple(() =>
        {
            Assert.That((missing.ExitCode, missing.Error), Is.EqualTo((3, missing.Error)));
            Assert.That(missing.Error, Does.StartWith("TRAINCTL2003: Nothing was found at"));
            Assert.That((bucket.ExitCode, bucket.Error), Is.EqualTo((3, bucket.Error)));
            Assert.That(bucket.Error, Does.StartWith("TRAINCTL1001:").And.Contain("no-such-bucket-of-trainctl"));
        });
    }

    [TestCase("./file.pt s3://no-such-bucket-of-trainctl/file.pt")]
    [TestCase("./file.pt s3://no-such-bucket-of-trainctl/file.pt --dry-run")]
    [TestCase("./checkpoints/ s3://no-such-bucket-of-trainctl/ --recursive")]
    [TestCase("./checkpoints/ s3://no-such-bucket-of-trainctl/ --recursive --dry-run")]
    public async Task An_upload_to_a_missing_bucket_is_exit_3(string ends)
    {
        var (exitCode, _, error) = await RunAsync($"trainctl s3 upload {ends}");

        Assert.That((exitCode, error), Is.EqualTo((3, error)));
        Assert.That(error, Does.StartWith("TRAINCTL1001:").And.Contain("no-such-bucket-of-trainctl"));
    }

    private async Task<string> Done(string line)
    {
        var (exitCode, output, error) = await RunAsync(line);
        Assert.That(exitCode, Is.Zero, $"{line}\n{output}\n{error}");
        return output;
    }

    private async Task<(int ExitCode, string Out, string Error)> RunAsync(string line)
    {
        var result = await _tool.LineAsync(line);
        return (result.ExitCode, result.StandardOutput, result.StandardError);
    }
}
