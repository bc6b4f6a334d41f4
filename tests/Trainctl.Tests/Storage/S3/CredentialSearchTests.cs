using System.Text;
using Microsoft.Extensions.Time.Testing;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Where credentials cannot be had, at once or ever. With AWS files in a temporary folder.</summary>
public sealed class CredentialSearchTests
{
    private TemporaryFolder _folder = null!;
    private Dictionary<string, string> _environment = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _environment = new() { ["AWS_SHARED_CREDENTIALS_FILE"] = _folder.Combine("aws/credentials"), ["AWS_EC2_METADATA_DISABLED"] = "true" };
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    /// <summary>A training that began before its credentials were there must not end without having published anything.</summary>
    [Test]
    public async Task That_there_are_none_is_remembered_for_five_seconds()
    {
        var time = new FakeTimeProvider();
        var credentials = new S3Credentials(StoreSettings.Default, Read, time);
        await FailureAsync(credentials);
        _folder.Write("aws/credentials", "[default]\naws_access_key_id = ID\naws_secret_access_key = secret\n");

        time.Advance(TimeSpan.FromSeconds(4.9));
        var early = await FailureAsync(credentials);
        time.Advance(TimeSpan.FromSeconds(0.1));
        var found = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => credentials.GetCredentialsAsync()));

        Assert.That(early.Error, Is.EqualTo(TrainctlError.CredentialsNotFound));
        Assert.That(found.Select(static f => f.AccessKey), Is.All.EqualTo("ID"));
        Assert.That(await credentials.FindSourceAsync(), Is.EqualTo("the profile 'default'"));
    }

    [Test]
    public async Task What_was_found_stays()
    {
        _folder.Write("aws/credentials", "[default]\naws_access_key_id = ID\naws_secret_access_key = secret\n");
        var time = new FakeTimeProvider();
        var credentials = new S3Credentials(StoreSettings.Default, Read, time);
        await credentials.GetCredentialsAsync();
        _folder.Write("aws/credentials", "");

        time.Advance(TimeSpan.FromDays(1));

        Assert.That((await credentials.GetCredentialsAsync()).AccessKey, Is.EqualTo("ID"));
    }

    [TestCase("role_arn = arn:aws:iam::1:role/r\nsource_profile = mistyped", "Source profile [mistyped] was not found.", TestName = "A source profile that does not exist")]
    [TestCase("role_arn = arn:aws:iam::1:role/r\nsource_profile = odd", "is cyclical.", TestName = "A source profile that is the profile itself")]
    [TestCase("role_arn = arn:aws:iam::1:role/r\nsource_profile = other\n[profile other]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = odd", "is cyclical.", TestName = "Profiles that lead to each other")]
    [TestCase("role_arn = arn:aws:iam::1:role/r\ncredential_source = EcsContainer", "Cannot fetch credentials from container", TestName = "The role of a container outside of one")]
    [TestCase("role_arn = arn:aws:iam::1:role/r\ncredential_source = Nonsense", "Credential source [Nonsense] is invalid.", TestName = "A source of credentials that is none")]
    [TestCase("role_arn = arn:aws:iam::1:role/r\nweb_identity_token_file = /nonexistent", "'/nonexistent'", TestName = "A file of an identity that is missing")]
    public async Task A_profile_that_cannot_be_used_is_told_with_the_reason(string profile, string reason)
    {
        _folder.Write("aws/config", $"[profile odd]\n{profile}\n");

        var failure = await FailureAsync(new S3Credentials(new() { Profile = "odd" }, Read));

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.CredentialsNotFound));
        Assert.That(failure.Message, Does.StartWith("The AWS credentials of the profile 'odd' could not be had: ").And.Contain(reason));
    }

    /// <summary>Taken for a bad moment of the store, it would be asked for eight times.</summary>
    [Test]
    public async Task A_machine_without_a_role_is_told_to_be_one()
    {
        await using var metadata = new LoopbackServer(static (client, token) => AnswerAsync(client.GetStream(), token));
        const string variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
        var before = Environment.GetEnvironmentVariable(variable);
        _environment.Remove("AWS_EC2_METADATA_DISABLED");
        _environment[variable] = $"http://127.0.0.1:{metadata.Port}";
        // The SDK asks the process.
        Environment.SetEnvironmentVariable(variable, _environment[variable]);
        try
        {
            var failure = await FailureAsync(new S3Credentials(StoreSettings.Default, Read));

            Assert.That(failure.Error, Is.EqualTo(TrainctlError.CredentialsNotFound));
            Assert.That(failure.Message, Does.StartWith("The AWS credentials of the role of the machine could not be had: "));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
        }
    }

    /// <summary>Hands out tokens, and knows nothing else.</summary>
    private static async Task AnswerAsync(Stream connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        while (!Encoding.ASCII.GetString(buffer, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var count = await connection.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (count == 0)
                return;
            length += count;
        }

        var isToken = buffer.AsSpan().StartsWith("PUT "u8);
        var answer = isToken ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\ntoken" : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        await connection.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellationToken);
    }

    private static async Task<TrainctlException> FailureAsync(S3Credentials credentials) => (await Assert.ThrowsAsync<TrainctlException>(() => credentials.GetCredentialsAsync()))!;

    private string? Read(string name) => _environment.GetValueOrDefault(name);
}
