using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Formats;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Retention.Trashing;
using Trainctl.Staging;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Storage.S3;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Testing.Fuzzing;
using Trainctl.Tests.Checkpoints;
using Trainctl.Transfer.S5cmd;
using Trainctl.Watching.Remembering;

namespace Trainctl.Tests.Fuzzing;

/// <summary>Damaged JSON and other texts that frameworks, other programs, stores, people and Trainctl itself wrote.</summary>
public sealed class ForeignTextTests
{
    private const string Digest = "crc64nvme:0123456789abcdef";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void Any_trainer_state_is_read() => ForeignBytes.AreSurvived(
        [
            TrainerRun.State(10, 0.5, 10),
            """{"global_step":5,"epoch":1.5,"best_metric":0.1,"best_global_step":5,"best_model_checkpoint":"/a\\b/checkpoint-5","log_history":[{"step":5,"loss":NaN}]}"""u8.ToArray(),
        ],
        static content => TrainerState.Read(content) is { Step: > 0 });

    [Test]
    public void Any_shard_index_is_read() => ForeignBytes.AreSurvived(
        ["""{"metadata":{"total_size":9},"weight_map":{"a.b":"model-00001-of-00002.safetensors","c":"model-00002-of-00002.safetensors"}}"""u8.ToArray()],
        static content => ShardIndex.Read(content) is { Count: 2 });

    [Test]
    public void Any_metrics_file_is_read()
    {
        var claim = new CatalogScene().HuggingFace("checkpoint-5", 5);
        ForeignBytes.AreSurvived(
            ["""{"loss":0.5,"accuracy":NaN,"step":5,"name":"x"}"""u8.ToArray()],
            content => claim.Put("checkpoint-5/metrics.json", content).UnitAsync().GetAwaiter().GetResult().Metrics.ContainsKey("loss"),
            cases: 300);
    }

    [Test]
    public void Any_manifest_is_read() => ForeignBytes.AreSurvived([ManifestJson.Write(SomeManifest)], static content => ManifestJson.Read(content, "k") is not null, declared: TrainctlError.InvalidFile);

    [Test]
    public void Any_plan_is_read_or_refused()
    {
        var json = SomePlan();
        ForeignBytes.AreSurvivedAsText([json], static text => PrunePlan.Parse(text).Units.Count == 3, TrainctlError.InvalidFile);
    }

    [Test]
    public void Any_lock_file_is_read_or_refused()
    {
        var path = _folder.Combine("datasets.lock.json");
        var valid = new DatasetLock
        {
            Version = DatasetLock.CurrentVersion, Source = "s3://bucket/data",
            Objects = [new() { Key = "a/b", Size = 5, Checksum = Digest, ETag = "e", VersionId = "v" }, new() { Key = "c", Size = 0, Checksum = Digest }],
        };
        ForeignBytes.AreSurvived([valid.ToJson()], content => FromFile(path, content, () => DatasetLock.ReadAsync(path, CancellationToken.None))!.Objects.Count == 2, declared: TrainctlError.InvalidFile);
    }

    [Test]
    public void Any_state_of_a_watch_is_read_or_refused()
    {
        var path = _folder.Combine("watch.json");
        var scope = new WatchScope { Location = "s3://bucket/data" };
        var state = new WatchState
        {
            Version = WatchState.CurrentVersion, Scope = scope,
            Entries = [new() { Key = "a", Size = 5, ModifiedAt = DateTimeOffset.UnixEpoch, ETag = "e" }, new() { Key = "b", Size = 0, ModifiedAt = DateTimeOffset.UnixEpoch }],
        };
        using var valid = new MemoryStream();
        state.WriteTo(valid);
        var file = new WatchStateFile(path, scope, TestHost.For(_folder));
        ForeignBytes.AreSurvived(
            [valid.ToArray()], content => FromFile(path, content, () => file.ReadAsync(CancellationToken.None))!.Count() == 2, declared: TrainctlError.InvalidFile);
    }

    [Test]
    public void Any_record_in_a_trash_is_read_or_refused()
    {
        var store = new MemoryStore();
        var record = new TrashRecord
        {
            Version = TrashRecord.CurrentVersion, MovedAt = DateTimeOffset.UnixEpoch,
            Unit = PrunePlan.Parse(SomePlan()).Removals.First(),
        };
        TrashRecord.WriteAsync(store, "valid", record, CancellationToken.None).GetAwaiter().GetResult();
        using var valid = new MemoryStream();
        using (var stream = store.OpenReadAsync("valid").GetAwaiter().GetResult())
            stream.CopyTo(valid);
        ForeignBytes.AreSurvived(
            [valid.ToArray()],
            content => TrashRecord.ReadAsync(store, store.PutAsync("record", content, new PutOptions()).GetAwaiter().GetResult(), CancellationToken.None)
                .GetAwaiter().GetResult()!.Covers(record.Unit.Objects),
            declared: TrainctlError.InvalidFile);
    }

    [Test]
    public void Any_line_of_s5cmd_is_read() => ForeignBytes.AreSurvivedAsText(
        ["""{"operation":"cp","success":true,"source":"/x/it's","destination":"s3://b/it's \u003c\"\\ü😀","object":{"type":"file","size":5}}"""],
        static line => S5cmdMessage.Parse(line) is { IsCopied: true });

    [Test]
    public void Any_version_of_s5cmd_is_read() => ForeignBytes.AreSurvivedAsText(["v2.3.0-991c9fb\n"], static text => S5cmdVersion.Parse(text) is not null);

    [Test]
    public void Any_text_is_a_URL_or_is_refused_with_a_reason() => ForeignBytes.AreSurvivedAsText(
        ["s3://bucket/a/b", "gs://bucket/x y#?%20", "file:///data/a%20b#1", "data/digits", "s3://bucket"],
        static text =>
        {
            if (!ObjectUrl.TryParse(text, out var url, out var problem))
                return problem.Length == 0;
            url.Append("a/b").SplitLast();
            url.Resolve(Path.GetTempPath()).WithoutEndSeparator().SplitLast();
            return url.ToString().Length > 0;
        });

    [Test]
    public void Any_encoded_key_is_read() => ForeignBytes.AreSurvivedAsText(["a%20b%2Bc+d", "%E6%97%A5%E6%9C%AC/%F0%9F%98%80"], static text => KeyDecoder.Decode(text) is not null);

    [Test]
    public void Any_metadata_of_an_object_is_read() => ForeignBytes.AreSurvivedAsText(
        ["1700000000.1234567", "-5", Digest],
        static text => ObjectMetadata.ParseTime(text) is not null | ObjectMetadata.ParseChecksum(text) is not null | ObjectMetadata.Unquote(text) is null);

    /// <summary>The SDK's reader takes memory with the square of a line, so lines are as long as people write them.</summary>
    [Test]
    public void Any_configuration_of_AWS_is_read_or_refused()
    {
        const int Longest = 3000;
        var credentials = _folder.Combine("credentials");
        var config = _folder.Combine("config");
        string? Environment(string name) => name switch { "AWS_SHARED_CREDENTIALS_FILE" => credentials, "AWS_CONFIG_FILE" => config, "AWS_PROFILE" => "job", _ => null };
        bool IsRead(string path, byte[] content) => content.Length > Longest
            || FromFile(path, content, () => Task.FromResult(AwsProfiles.Find(new StoreSettings(), Environment))) is { Region: not null } or { Open: not null };
        byte[][] keys =
        [
            "[job]\naws_access_key_id = AKIA\naws_secret_access_key = x=/+\naws_session_token = t\n"u8.ToArray(),
            "[default]\nregion = eu-west-1\n[job]\nregion=us-east-1\nendpoint_url = http://127.0.0.1:9000\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = default\n"u8.ToArray(),
        ];
        File.WriteAllText(config, "");
        ForeignBytes.AreSurvived(keys, content => IsRead(credentials, content), 500, TrainctlError.InvalidSetting);
        File.WriteAllBytes(credentials, keys[0]);
        ForeignBytes.AreSurvived(
            ["[profile job]\nregion = us-east-1\nservices = s\n[services s]\ns3 =\n  endpoint_url = http://127.0.0.1:9000\n[sso-session x]\nsso_region = us-east-1\n"u8.ToArray()],
            content => IsRead(config, content),
            500,
            TrainctlError.InvalidSetting);
    }

    [Test]
    public void Any_JSON_of_Python_is_read_or_refused() => ForeignBytes.AreSurvived(
        ["""{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN \" \\"}"""u8.ToArray()],
        static content =>
        {
            try
            {
                using var json = PythonJson.Parse(content);
                return json.RootElement.ValueKind == System.Text.Json.JsonValueKind.Object;
            }
            catch (System.Text.Json.JsonException)
            {
                return false;
            }
        });

    private static T FromFile<T>(string path, byte[] content, Func<Task<T>> read)
    {
        File.WriteAllBytes(path, content);
        return read().GetAwaiter().GetResult();
    }

    private static Manifest SomeManifest => new()
    {
        Version = Manifest.CurrentVersion, Layout = "huggingface-trainer", Name = "checkpoint-5", Step = 5, Epoch = 0.5, ModifiedAt = DateTimeOffset.UnixEpoch,
        Metrics = new Dictionary<string, double> { ["loss"] = 0.5 }, NonFiniteMetrics = ["nan"],
        Objects = [new() { Key = "model.safetensors", Size = 5, Checksum = Digest, ModifiedAt = DateTimeOffset.UnixEpoch }],
    };

    private static string SomePlan()
    {
        var scene = new CatalogScene().HuggingFace("run/checkpoint-1", 1).HuggingFace("run/checkpoint-2", 2).HuggingFace("run/checkpoint-3", 3);
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => scene.Store };
        return new TrainctlEngine(host).PlanPruneAsync(new PruneCheckpointsSettings { Location = "s3://memory", KeepLast = 1 }).GetAwaiter().GetResult().ToJson();
    }
}
