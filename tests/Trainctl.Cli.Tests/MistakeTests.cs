using System.Text.Json;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>What somebody sees who types something wrong.</summary>
public sealed class MistakeTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase("s3 uplod a b", "'trainctl s3' has no command 'uplod'. Did you mean 'upload'? Run 'trainctl s3 --help'.")]
    [TestCase("s3 upload --recursiv a b", "'trainctl s3 upload' has no option '--recursiv'. Did you mean '--recursive'? Run 'trainctl s3 upload --help'.")]
    [TestCase("s3 upload a b --recursiv", "'trainctl s3 upload' has no option '--recursiv'. Did you mean '--recursive'?")]
    [TestCase("s3 upload a b --jsno", "Did you mean '--json'?")]
    [TestCase("s3 upload a", "destination")]
    [TestCase("s3 upload a b c", "'c' is one argument too many for 'trainctl s3 upload'")]
    [TestCase("s3 cleanup a --keep-last-n", "--keep-last-n")]
    [TestCase("s3 cleanup . --keep-last-n ten", "--keep-last-n: 'ten' is no whole number.")]
    [TestCase("s3 cleanup . --keep-last-n 0", "KeepLast is 0")]
    [TestCase("s3 cleanup . --keep-within 7", "--keep-within: '7' is no duration. Write numbers with units")]
    [TestCase("s3 cleanup . --max-total-size 5XB", "--max-total-size: '5XB' is no size.")]
    [TestCase("s3 cleanup . --keep-best 1 --metric loss --mode lowest", "--mode: 'lowest' is not one of min, max.")]
    [TestCase("s3 cleanup . --marker DONE", "--marker: it is about checkpoints that --pattern finds")]
    [TestCase("s3 list . --endpoint-url localhost:9000", "--endpoint-url: 'localhost:9000' is no address. Write http://host:port")]
    [TestCase("s3 sync a s3://b/ --direction left", "--direction: 'left' is neither up nor down.")]
    [TestCase("s3 sync a b --direction up", "--direction needs a folder and a bucket")]
    [TestCase("s3 sync a s3://b/ --size-only --checksum", "--checksum: it cannot be given together with --size-only.")]
    [TestCase("s3 upload s3://b/x ./x", "that is a download. Run 'trainctl s3 download'.")]
    [TestCase("s3 download ./x s3://b/x", "that is an upload. Run 'trainctl s3 upload'.")]
    [TestCase("s3 list ftp://host/x", "has the scheme 'ftp', which is not supported")]
    [TestCase("s3 upload a s3://b/ --sse rot13", "ServerSideEncryption is 'rot13'; it must be one of AES256, aws:kms, aws:kms:dsse, or not set.")]
    [TestCase("s3 upload a s3://b/ --sse-kms-key-id k", "KmsKeyId is set, and ServerSideEncryption is not aws:kms")]
    [TestCase("s3 upload a s3://b/ --endpoint-url http://h:1 --unsigned-payload", "UnsignedPayload is set, and 's3://b/' is not known to check a CRC-64/NVME of what arrives")]
    [TestCase("s3 list s3://b/ --profile p --no-sign-request", "Anonymous and Profile are both set")]
    [TestCase("s3 upload a s3://b/ --bandwidth fast", "--bandwidth: 'fast' is no size.")]
    [TestCase("s3 upload a s3://b/ --bandwidth 50", "BandwidthBytesPerSecond is 50; it must be at least 65536 (64 KiB a second). The option is --bandwidth.")]
    [TestCase("s3 upload a s3://b/ --bandwidth 50MiB --use-s5cmd", "s5cmd was asked for, which cannot be limited")]
    [TestCase("s3 sync a b --summary", "--summary")]
    [TestCase("s3 sync a b --summary x --summary y", "--summary")]
    [TestCase("s3 cleanup . --max-total-size 100000000000EB", "--max-total-size: '100000000000EB' is more than any store holds.")]
    [TestCase("s3 watch . --interval NaN", "--interval: 'NaN' is no duration")]
    [TestCase("stage a b --update-lock", "UpdateLock is set, and LockFile is not, so nothing would be locked. Set LockFile, or leave out UpdateLock. The option is --update-lock.")]
    [TestCase("local ./absent.sh --checkpoints c", "--checkpoints: it is about checkpoints that --upload publishes, and there is no --upload.")]
    [TestCase("local ./absent.sh --hold 3", "--hold: it is about checkpoints that --upload publishes")]
    [TestCase("local ./absent.sh --interval 1s", "--interval: it is about checkpoints that --upload publishes")]
    [TestCase("local ./absent.sh --layout foo", "--layout: it is about checkpoints that --upload publishes")]
    [TestCase("local ./absent.sh --sse AES256", "--sse: it is about checkpoints that --upload publishes")]
    [TestCase("local ./absent.sh --endpoint-url http://h", "--endpoint-url: it is about checkpoints that --upload publishes")]
    [TestCase("s3 watch . --once --marker DONE", "--marker: it is about checkpoints, and without --complete-only objects are watched.")]
    [TestCase("s3 watch . --once --settle-time 1s", "--settle-time: it is about checkpoints, and without --complete-only")]
    [TestCase("s3 watch . --once --layout pickle", "--layout: it is about checkpoints, and without --complete-only")]
    [TestCase("s3 watch . --once --exec=", "'--exec'")]
    [TestCase("s3 cleanup . --keep-last-n 1 --keep-steps ,", "--keep-steps: ',' names none.")]
    [TestCase("s3 review . --largest -1", "The option is --largest.")]
    [TestCase("s3 watch . --state .", "StateFile is '.', which is a folder; name a file. The option is --state.")]
    [TestCase("stage . b --lock-file .", "LockFile is '.', which is a folder; name a file. The option is --lock-file.")]
    [TestCase("local sh -c true", "'trainctl local' has no option '-c'. What the script is to be given stands behind '--'. Run 'trainctl local --help'.")]
    [TestCase("completion tcsh", "tcsh")]
    [TestCase("", "Required command")]
    public async Task It_is_named_with_what_would_be_right(string line, string message)
    {
        var run = await CommandRun.InAsync(_folder, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(2), run.ToString());
            Assert.That(run.Error, Does.StartWith("TRAINCTL200").And.Contain(message));
            Assert.That(run.Error.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1), "no help, no stack trace");
            Assert.That(run.Out, Is.Empty);
        });
    }

    /// <summary>What is behind the dashes is the script's, whatever was said before.</summary>
    [TestCase("--stop-timeout", "5s")]
    [TestCase("--verbose")]
    public async Task An_option_may_be_said_once_more_for_the_script(params string[] option)
    {
        var run = await CommandRun.InAsync(_folder, ["local", "./absent.sh", "--dry-run", .. option, "--", .. option]);

        Assert.That(run.Error, Does.Contain("absent.sh").And.Not.Contain("has no option"), run.ToString());
    }

    [Test]
    public async Task A_watch_that_is_to_run_nothing_is_a_mistake()
    {
        var run = await CommandRun.InAsync(_folder, "s3", "watch", ".", "--once", "--exec", "");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, "TRAINCTL2002: --exec: it is empty, and a command is needed.\n")));
    }

    /// <summary>They are for all commands of a repository or a job, and not each has to do with all of them.</summary>
    [Test]
    public async Task What_has_no_effect_is_no_mistake_in_the_file_or_the_environment()
    {
        _folder.Write("trainctl.json", """{ "checkpoints": { "layout": "pickle", "marker": "DONE" }, "store": { "region": "r" }, "objects": { "storageClass": "C" } }""");
        _folder.Write("train.sh", "");
        var environment = new Dictionary<string, string> { ["TRAINCTL_CONCURRENCY"] = "3", ["PATH"] = Environment.GetEnvironmentVariable("PATH")! };

        var local = await CommandRun.InAsync(_folder, environment, "local", "train.sh", "--dry-run");
        var watch = await CommandRun.InAsync(_folder, environment, "s3", "watch", ".", "--once");

        Assert.That((local.ExitCode, watch.ExitCode), Is.EqualTo((0, 0)), local.ToString() + watch);
    }

    [Test]
    public async Task An_option_that_was_not_meant_for_the_script_is_told_though_the_script_has_it_too()
    {
        var run = await CommandRun.InAsync(_folder, "local", "./absent.sh", "--epochs", "--", "--epochs");

        Assert.That(run.Error, Does.Contain("'trainctl local' has no option '--epochs'"), run.ToString());
    }

    [Test]
    public async Task A_name_that_begins_with_an_at_sign_is_a_name()
    {
        _folder.Write("@data/a.txt", "a");
        _folder.Write("@options", "--recursive");

        var run = await CommandRun.InAsync(_folder, "s3", "list", "@data");
        var other = await CommandRun.InAsync(_folder, "s3", "list", "@options");

        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        Assert.That(run.Out, Does.Contain("a.txt"));
        Assert.That(other.ToString(), Does.Contain("@options"));
    }

    [TestCase("9999999d")]
    [TestCase("0001-01-01")]
    public async Task A_watch_since_before_all_dates_tells_everything(string since)
    {
        _folder.Write("a/x.txt", "x");

        var run = await CommandRun.InAsync(_folder, "s3", "watch", "a", "--once", "--since", since);

        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        Assert.That(run.Out, Does.EndWith("x.txt\n"));
    }

    [TestCase("upload from to --recursive")]
    [TestCase("sync from to")]
    public async Task Patterns_that_leave_nothing_are_named(string line)
    {
        _folder.Write("from/a.txt", "a");
        _folder.Write("from/b.txt", "b");

        var run = await CommandRun.InAsync(_folder, ["s3", .. line.Split(' '), "--include", "*.pt"]);

        Assert.That(run.ToString(), Does.Contain("Of 2 objects at").And.Contain("the include and exclude patterns leave none"));
    }

    [Test]
    public async Task An_empty_name_of_a_lock_file_is_no_denied_access()
    {
        _folder.Write("a/x", "x");

        var run = await CommandRun.InAsync(_folder, "stage", "a", "b", "--lock-file", "");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, "TRAINCTL2002: LockFile is '', which is a folder; name a file. The option is --lock-file.\n")));
    }

    [TestCase("--intervall", "1")]
    [TestCase("--interval", "x")]
    [TestCase("--no-such")]
    public async Task A_watch_that_is_asked_for_lines_tells_a_mistake_on_one(params string[] options)
    {
        var run = await CommandRun.InAsync(_folder, ["s3", "watch", ".", "--json", .. options]);

        Assert.That((run.ExitCode, run.Out.Count(static c => c == '\n')), Is.EqualTo((2, 1)), run.ToString());
        Assert.That(JsonDocument.Parse(run.Out).RootElement.GetProperty("error").GetProperty("code").GetString(), Is.EqualTo("TRAINCTL2002"));
    }

    [Test]
    public async Task A_shell_starts_though_the_configuration_file_is_broken()
    {
        _folder.Write("trainctl.json", "{");

        var run = await CommandRun.InAsync(_folder, "completion", "bash");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
    }

    [Test]
    public async Task A_folder_without_recursive_is_refused_with_the_option()
    {
        _folder.Write("checkpoints/a.pt", "x");

        var run = await CommandRun.InAsync(_folder, "s3", "upload", "checkpoints", "s3://bucket/");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo(
            (2, "TRAINCTL2002: 'checkpoints' is a folder or prefix. To copy all that is below it, ask for a recursive copy. The option is --recursive.\n")));
    }

    [Test]
    public async Task In_JSON_it_is_JSON()
    {
        var run = await CommandRun.InAsync(_folder, "s3", "list", "nowhere", "--json");

        var error = JsonDocument.Parse(run.Out).RootElement.GetProperty("error");
        Assert.Multiple(() =>
        {
            Assert.That(error.GetProperty("code").GetString(), Is.EqualTo("TRAINCTL1001"));
            Assert.That(error.GetProperty("exitCode").GetInt32(), Is.EqualTo(run.ExitCode).And.EqualTo(3));
            Assert.That(error.GetProperty("message").GetString(), Does.Contain("nowhere"));
        });
    }

    [Test]
    public async Task Without_credentials_it_says_where_they_are_looked_for()
    {
        var environment = new Dictionary<string, string> { ["AWS_EC2_METADATA_DISABLED"] = "true", ["HOME"] = _folder.Path, ["AWS_ENDPOINT_URL_S3"] = "http://127.0.0.1:9" };

        var run = await CommandRun.InAsync(_folder, environment, "s3", "list", "s3://bucket/");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((3, run.Error)));
        Assert.That(run.Error, Does.StartWith("TRAINCTL1003: No AWS credentials were found. Set AWS_ACCESS_KEY_ID"));
    }
}
