using Amazon.S3;
using Trainctl.Testing.S3;

namespace Trainctl.Cake.Tests;

/// <summary>The recipe with all that it can say, and a search for the secrets of its environment in it and in every file that it leaves.</summary>
public sealed class SecretTests
{
    private const string Sentinel = "sentinel0secret0key";
    private const string Token = "sentinel0session0token";

    private static Dictionary<string, string?> Nothing => Environment.GetEnvironmentVariables().Keys.Cast<string>()
        .Where(static name => name.StartsWith("AWS_", StringComparison.Ordinal))
        .ToDictionary(static name => name, static string? (_) => null);

    [Test]
    public async Task Neither_output_nor_files_of_a_pipeline_on_a_real_server_hold_a_secret()
    {
        var endpoint = await S3TestServer.RequireAsync();
        using var client = endpoint.NewClient();
        var bucket = "trainctl-cake-" + Guid.NewGuid().ToString("n");
        await client.PutBucketAsync(bucket);
        await client.PutObjectAsync(new() { BucketName = bucket, Key = "data/a", ContentBody = "a" });
        var repository = Repository(bucket);
        var environment = Nothing;
        environment["AWS_ENDPOINT_URL_S3"] = endpoint.Url.ToString();
        environment["AWS_REGION"] = endpoint.Region;
        environment["AWS_ACCESS_KEY_ID"] = endpoint.AccessKey;
        environment["AWS_SECRET_ACCESS_KEY"] = endpoint.SecretKey;

        var (exitCode, said) = await repository.CakeAsync(environment, "--verbosity=diagnostic");
        environment["AWS_SECRET_ACCESS_KEY"] = Sentinel;
        environment["AWS_SESSION_TOKEN"] = Token;
        var (failed, saidThen) = await repository.CakeAsync(environment, "--verbosity=diagnostic");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, said);
            Assert.That(failed, Is.Not.Zero, saidThen);
            Assert.That(said, Does.Contain("checkpoint-1"));
            Assert.That(saidThen, Does.Match(@"Error: .*TRAINCTL\d{4}"));
            Assert.That(File.Exists(repository.PathOf("data/a")), Is.True);
            Assert.That(Texts(repository, said, saidThen), Has.None.Contains(endpoint.SecretKey).And.None.Contains(Sentinel).And.None.Contains(Token));
        });
        foreach (var found in (await client.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects ?? [])
            await client.DeleteObjectAsync(bucket, found.Key);
        await client.DeleteBucketAsync(bucket);
    }

    [TestCase("AWS_ENDPOINT_URL_S3", $"http://user:{Token}@127.0.0.1:1")]
    [TestCase("AWS_ENDPOINT_URL_S3", $"http://127.0.0.1:1/?token={Token}")]
    [TestCase("HTTP_PROXY", $"http://user:{Token}@127.0.0.1:1")]
    public async Task An_address_that_holds_a_secret_is_not_told_with_it(string variable, string address)
    {
        var repository = Repository("bucket");
        var environment = Nothing;
        environment["AWS_ENDPOINT_URL_S3"] = "http://127.0.0.1:2";
        environment["AWS_REGION"] = "us-east-1";
        environment["AWS_ACCESS_KEY_ID"] = "key";
        environment["AWS_SECRET_ACCESS_KEY"] = Sentinel;
        environment["NO_PROXY"] = environment["no_proxy"] = environment["http_proxy"] = null;
        environment[variable] = address;

        var (exitCode, said) = await repository.CakeAsync(environment, "--verbosity=diagnostic");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Not.Zero, said);
            Assert.That(said, Does.Match(@"Error: .*TRAINCTL\d{4}"));
            Assert.That(Texts(repository, said), Has.None.Contains(Sentinel).And.None.Contains(Token));
        });
    }

    /// <summary>One whose pipeline goes through every step on a bucket.</summary>
    private static TrainingRepository Repository(string bucket)
    {
        var repository = TrainingRepository.WithRecipe(
            $$"""
            Pipeline.StageData = () => new() { Source = "s3://{{bucket}}/data", Destination = "data", LockFile = "datasets.lock.json" };
            Pipeline.UploadCheckpoints = () => new() { Source = "checkpoints", Destination = "s3://{{bucket}}/runs" };
            Pipeline.PruneCheckpoints = () => new() { Location = "s3://{{bucket}}/runs", KeepLast = 1, PlanFile = "plan.json" };
            Pipeline.ReviewArtifacts = () => new() { Location = "s3://{{bucket}}/runs", HtmlFile = "review.html" };
            Task("All").IsDependentOn("StageData").IsDependentOn("UploadCheckpoints").IsDependentOn("PruneCheckpoints").IsDependentOn("ReviewArtifacts");
            """,
            "All");
        for (var step = 1; step <= 2; step++)
        {
            repository.Write($"checkpoints/checkpoint-{step}/trainer_state.json", $$"""{"global_step":{{step}}}""");
            repository.Write($"checkpoints/checkpoint-{step}/config.json", "{}");
            File.WriteAllBytes(repository.PathOf($"checkpoints/checkpoint-{step}/model.safetensors"), Testing.ModelFile.Safetensors());
        }

        return repository;
    }

    /// <summary>What was said, and every file but those of Cake's own tools.</summary>
    private static IEnumerable<string> Texts(TrainingRepository repository, params string[] said) => said.Concat(
        Directory.EnumerateFiles(repository.Folder, "*", SearchOption.AllDirectories)
            .Where(f => !f.StartsWith(repository.PathOf("tools") + Path.DirectorySeparatorChar, StringComparison.Ordinal)).Select(File.ReadAllText));
}
