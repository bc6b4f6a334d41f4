using System.Globalization;
using System.Text.RegularExpressions;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention;

/// <summary>The output in <c>docs/retention.md</c> is that of a dry run on a real folder. TRAINCTL_UPDATE_GOLDENS=1 rewrites it.</summary>
public sealed partial class RetentionDocTests
{
    private static readonly DateTime Start = new(2024, 5, 1, 0, 0, 0, DateTimeKind.Utc);

    [Test]
    public async Task The_page_shows_what_a_dry_run_prints()
    {
        using var folder = new TemporaryFolder();
        WriteRuns(folder);
        var host = TestHost.For(folder);
        host = new EngineHost { WorkingDirectory = host.WorkingDirectory, Environment = host.Environment, Time = new StoppedClock(Start.AddDays(40)) };

        var report = await new TrainctlEngine(host).PruneCheckpointsAsync(new PruneCheckpointsSettings
        {
            Location = "runs",
            KeepLast = 2,
            KeepBest = 1,
            Metric = "eval_loss",
            KeepEverySteps = 2000,
            MaxAge = TimeSpan.FromDays(21),
            DryRun = true,
        });

        var printed = ReportText.Render(report.Describe()).Replace(report.Location, "/data/runs/", StringComparison.Ordinal);
        var path = Path.Join(Repository.Root, "docs", "retention.md");
        var page = (await File.ReadAllTextAsync(path)).ReplaceLineEndings("\n");
        var expected = PrintedBlock().Replace(page, $"```text\n{printed.Replace("$", "$$", StringComparison.Ordinal)}```\n");
        if (Environment.GetEnvironmentVariable("TRAINCTL_UPDATE_GOLDENS") == "1")
            await File.WriteAllTextAsync(path, page = expected);

        Assert.That(PrintedBlock().Count(page), Is.EqualTo(1));
        Assert.That(page, Is.EqualTo(expected));
    }

    [GeneratedRegex("```text\n.*?```\n", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex PrintedBlock();

    private static void WriteRuns(TemporaryFolder folder)
    {
        double[] losses = [0.9, 0.7, 0.45, 0.4, 0.5, 0.55, 0.6];
        for (var i = 0; i < losses.Length; i++)
        {
            var step = (i + 1) * 1000;
            HuggingFaceRun.Write(folder, "runs/bert", step);
            folder.Write($"runs/bert/checkpoint-{step}/metrics.json", string.Create(CultureInfo.InvariantCulture, $$"""{"eval_loss": {{losses[i]}}}"""));
            SetTime(folder, $"runs/bert/checkpoint-{step}", Start.AddDays(5 * (i + 1)));
        }

        folder.Write("runs/bert/checkpoint-1000/.trainctl-keep", "the paper uses it");
        HuggingFaceRun.Truncate(folder, "runs/bert", 7000);
        SetTime(folder, "runs/bert/checkpoint-7000", Start.AddDays(35));
        folder.Write("runs/bert/train.log", "step 1");
    }

    private static void SetTime(TemporaryFolder folder, string path, DateTime time)
    {
        foreach (var file in Directory.EnumerateFiles(folder.Combine(path)))
            File.SetLastWriteTimeUtc(file, time);
    }

    private sealed class StoppedClock(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;

        public override long GetTimestamp() => 0;
    }
}
