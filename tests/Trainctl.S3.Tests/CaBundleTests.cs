using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests;

/// <summary>Who is trusted on the way to the real server, when its certificate is of an authority that no system knows.</summary>
public sealed class CaBundleTests
{
    private readonly TestAuthority _authority = new("ours");
    private readonly TestAuthority _stranger = new("a stranger's");
    private TestBucket _bucket = null!;
    private TemporaryFolder _folder = null!;
    private TlsFront _front = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        _folder.Write("ours.pem", _authority.Pem);
        _folder.Write("both.pem", "a comment\n" + _stranger.Pem + _authority.Pem);
        _folder.Write("strange.pem", _stranger.Pem);
        _front = new TlsFront(_bucket.Endpoint.Url, _authority.Issue("localhost"));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _front.DisposeAsync();
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [OneTimeTearDown]
    public void DisposeAuthorities()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    /// <summary>After a store that trusts it, so that no connection is shared between those that trust and those that do not.</summary>
    [Test]
    public async Task Without_a_bundle_the_service_is_not_trusted_and_with_it_everything_works()
    {
        await WriteAndReadAsync(new StoreSettings { CaBundle = "ours.pem" });
        await WriteAndReadAsync(new StoreSettings { CaBundle = _folder.Combine("both.pem") });

        var failure = await FailureAsync(new StoreSettings());

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreUnavailable));
        Assert.That(failure.Message, Does.Contain("encrypted connection to 'localhost:").And.Contain("CaBundle, or AWS_CA_BUNDLE"));
    }

    [Test]
    public async Task Another_authority_than_the_bundle_s_is_refused_and_the_bundle_named()
    {
        var failure = await FailureAsync(new StoreSettings { CaBundle = "strange.pem" });

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreUnavailable));
        Assert.That(failure.Message, Does.Contain("encrypted connection").And.Contain($"'{_folder.Combine("strange.pem")}' (CaBundle)"));
    }

    [Test]
    public async Task A_certificate_for_another_name_is_refused()
    {
        await using var front = new TlsFront(_bucket.Endpoint.Url, _authority.Issue("elsewhere.example"));

        var failure = await FailureAsync(new StoreSettings { CaBundle = "ours.pem", EndpointUrl = front.Address });

        Assert.That((failure.Error, failure.Message), Is.EqualTo((TrainctlError.StoreUnavailable, failure.Message)));
        Assert.That(failure.Message, Does.Contain("encrypted connection"));
    }

    [Test]
    public async Task A_program_that_does_not_know_the_bundle_is_not_used()
    {
        await using var store = Open(new StoreSettings { CaBundle = "ours.pem" });
        await using var other = Open(new StoreSettings());

        Assert.That(((IForeignAccess)store).Peculiarity, Does.Contain("bundle"));
        Assert.That(((IForeignAccess)other).Peculiarity, Is.Null);
    }

    [Test]
    public async Task The_standard_variable_names_a_bundle_and_a_setting_goes_before_it()
    {
        await WriteAndReadAsync(new StoreSettings(), new() { ["AWS_CA_BUNDLE"] = _folder.Combine("ours.pem") });
        await WriteAndReadAsync(new StoreSettings { CaBundle = "ours.pem" }, new() { ["AWS_CA_BUNDLE"] = _folder.Combine("strange.pem") });

        var failure = await FailureAsync(new StoreSettings(), new() { ["AWS_CA_BUNDLE"] = _folder.Combine("strange.pem") });
        Assert.That(failure.Message, Does.Contain("(AWS_CA_BUNDLE)"));
    }

    [Test]
    public async Task A_profile_names_a_bundle_and_the_variable_goes_before_it()
    {
        var config = _folder.Write(
            "aws/config",
            $"# ours\n[default]\nregion = r\nca_bundle = nowhere\n[profile work]\ns3 =\n  ca_bundle = nested\nregion = r\nCA_BUNDLE = {_folder.Combine("ours.pem")}\n[other]\nca_bundle = nowhere\n");
        var variables = new Dictionary<string, string?>
        {
            ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(Path.GetDirectoryName(config)!, "credentials"), ["AWS_PROFILE"] = "work",
        };

        await WriteAndReadAsync(new StoreSettings(), variables);
        var failure = await FailureAsync(new StoreSettings(), new(variables) { ["AWS_CA_BUNDLE"] = _folder.Combine("strange.pem") });

        Assert.That(failure.Message, Does.Contain("(AWS_CA_BUNDLE)"));
    }

    [Test]
    public async Task Without_encryption_what_the_surroundings_say_of_certificates_is_not_looked_at()
    {
        var settings = new StoreSettings { EndpointUrl = _bucket.Endpoint.Url };

        await WriteAndReadAsync(settings, new() { ["AWS_CA_BUNDLE"] = "missing.pem" });

        Assert.Throws<TrainctlException>(() => Open(settings with { CaBundle = "missing.pem" }));
    }

    [TestCase("missing.pem", "does not exist")]
    [TestCase("text.pem", "holds no certificate")]
    [TestCase("broken.pem", "holds no certificate that can be read")]
    [TestCase("key.pem", "holds no certificate")]
    [TestCase(".", "could not be read")]
    public void A_bundle_that_is_none_is_a_bad_setting(string file, string problem)
    {
        _folder.Write("text.pem", "hello");
        _folder.Write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        _folder.Write("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

        var failure = Assert.Throws<TrainctlException>(() => Open(new StoreSettings { CaBundle = file }))!;

        Assert.That((failure.Error, failure.Subject), Is.EqualTo((TrainctlError.InvalidSetting, "CaBundle")));
        Assert.That(failure.Message, Does.Contain(problem).And.Contain(Path.GetFullPath(file, _folder.Path)));
    }

    private IObjectStore Open(StoreSettings settings, Dictionary<string, string?>? changes = null) => StoreOpener.Open(
        _bucket.Url(), settings with { EndpointUrl = settings.EndpointUrl ?? _front.Address }, _bucket.Host(_folder.Path, changes ?? []));

    private async Task WriteAndReadAsync(StoreSettings settings, Dictionary<string, string?>? changes = null)
    {
        await using var store = Open(settings, changes);
        await store.PutAsync("a", "content"u8.ToArray(), new PutOptions());
        await using var read = await store.OpenReadAsync("a");
        Assert.That(new StreamReader(read).ReadToEnd(), Is.EqualTo("content"));
    }

    private async Task<TrainctlException> FailureAsync(StoreSettings settings, Dictionary<string, string?>? changes = null)
    {
        await using var store = Open(settings, changes);
        return (await Assert.ThrowsAsync<TrainctlException>(() => store.ListAsync(new ListRequest()).ToListAsync().AsTask()))!;
    }
}
