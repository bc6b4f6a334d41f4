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

    private static async Task<TrainctlException> FailureAsync(S3Credentials credentials) => (await Assert.ThrowsAsync<TrainctlException>(() => credentials.GetCredentialsAsync()))!;

    private string? Read(string name) => _environment.GetValueOrDefault(name);
}
