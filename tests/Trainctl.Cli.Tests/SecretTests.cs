using Trainctl.Testing;
using Trainctl.Testing.S3;

namespace Trainctl.Cli.Tests;

/// <summary>The installed tool with all that it can say, and a search for the secrets of its environment in it and in every file.</summary>
public sealed class SecretTests
{
    private const string Sentinel = "sentinel0secret0key";
    private const string Token = "sentinel0session0token";

    private static readonly string[] Lines =
    [
        "checkpoint upload checkpoints s3://bucket/runs/",
        "s3 sync checkpoints s3://bucket/data/",
        "s3 download s3://bucket/data/run/checkpoint-1/ down/ --recursive",
        "stage s3://bucket/data/ staged --lock-file datasets.lock.json",
        "checkpoint cleanup s3://bucket/runs/ --keep-last-n 2 --dry-run --plan-out plan.json",
        "checkpoint cleanup s3://bucket/runs/ --keep-last-n 2",
        "s3 review s3://bucket/runs/ --html review.html",
        "checkpoint verify s3://bucket/runs/",
        "s3 list s3://bucket/",
    ];

    private ToolRun _tool = null!;
    private string _secret = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        _tool = await ToolRun.CreateAsync();
        _secret = (await S3TestServer.RequireAsync()).SecretKey;
        for (var step = 1; step <= 3; step++)
            HuggingFaceRun.Write(_tool.Folder, "checkpoints/run", step);
    }

    [TearDown]
    public void TearDown() => _tool.Dispose();

    [TestCase("--verbose --summary summary.md")]
    [TestCase("--verbose --json")]
    public async Task Neither_output_nor_files_hold_a_secret(string options)
    {
        var said = new List<string>();
        foreach (var line in Lines)
        {
            var good = await _tool.LineAsync($"trainctl {line} {options}");
            said.Add(good.StandardOutput + good.StandardError);
            Assert.That(good.ExitCode, Is.Zero, $"{line}: {good.StandardError}");
        }

        _tool.SetEnvironment("AWS_SECRET_ACCESS_KEY", Sentinel);
        _tool.SetEnvironment("AWS_SESSION_TOKEN", Token);
        foreach (var line in Lines)
        {
            var bad = await _tool.LineAsync($"trainctl {line} {options}");
            said.Add(bad.StandardOutput + bad.StandardError);
            Assert.That(bad.ExitCode, Is.Not.Zero, line);
        }

        var signed = await _tool.LineAsync($"trainctl s3 download https://bucket.s3.amazonaws.com/key?X-Amz-Signature={Token} down/ {options}");
        said.Add(signed.StandardOutput + signed.StandardError);

        Assert.Multiple(() =>
        {
            Assert.That(signed.ExitCode, Is.EqualTo(2));
            foreach (var text in said.Concat(_tool.Folder.Files().Select(f => File.ReadAllText(_tool.Folder.Combine(f)))))
                Assert.That(text, Does.Not.Contain(_secret).And.Not.Contain(Sentinel).And.Not.Contain(Token));
        });
    }
}
