using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Who wins: the setting, the environment or the profile. With an environment of its own and AWS files in a temporary folder.</summary>
public sealed class S3ConnectionTests
{
    private TemporaryFolder _folder = null!;
    private Dictionary<string, string> _environment = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        var credentials = _folder.Write("aws/credentials", "[work]\naws_access_key_id = WORKID\naws_secret_access_key = workSecret\n[default]\naws_access_key_id = DEFAULTID\naws_secret_access_key = defaultSecret\n");
        _folder.Write("aws/config", "[profile work]\nregion = eu-west-3\nendpoint_url = http://work.example:9000\n[profile bare]\nregion = eu-west-1\n");
        _environment = new() { ["AWS_SHARED_CREDENTIALS_FILE"] = credentials, ["AWS_EC2_METADATA_DISABLED"] = "true" };
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void Without_anything_it_is_AWS()
    {
        var connection = Resolve();

        Assert.That(connection.Endpoint, Is.Null);
        Assert.That(connection.Region, Is.EqualTo("us-east-1"));
        Assert.That(connection.PathStyle, Is.False);
        Assert.That(connection.Provider, Is.SameAs(ProviderProfile.Aws));
    }

    [Test]
    public void The_endpoint_comes_from_setting_then_variables_then_profile()
    {
        Assert.That(Resolve(new() { Profile = "work" }).Endpoint, Is.EqualTo(new Uri("http://work.example:9000")));
        _environment["AWS_ENDPOINT_URL"] = "http://general.example";
        Assert.That(Resolve(new() { Profile = "work" }).Endpoint, Is.EqualTo(new Uri("http://general.example")));
        _environment["AWS_ENDPOINT_URL_S3"] = "http://s3.example";
        Assert.That(Resolve().Endpoint, Is.EqualTo(new Uri("http://s3.example")));
        Assert.That(Resolve(new() { EndpointUrl = new Uri("http://set.example") }).Endpoint, Is.EqualTo(new Uri("http://set.example")));
    }

    /// <summary>Requests with the keys of a service of one's own must not go to AWS.</summary>
    [Test]
    public void The_endpoint_of_a_profile_may_be_that_of_a_service()
    {
        _folder.Write("aws/config", "[profile work]\nservices = local\nendpoint_url = http://work.example:9000\n"
            + "[services other]\ns3 =\n  endpoint_url = http://other.example\n"
            + "[services local]\n# S3 alone\ndynamodb =\n  endpoint_url = http://dynamo.example\n\ns3 = \n\tmax_attempts = 3\n  # here\n  endpoint_url = http://minio.example:9000\nsqs=\n  endpoint_url = http://sqs.example\n"
            + "[profile deaf]\nendpoint_url = http://deaf.example\nignore_configured_endpoint_urls = true\n");

        Assert.That(Resolve(new() { Profile = "work" }).Endpoint, Is.EqualTo(new Uri("http://minio.example:9000")));
        Assert.That(Resolve(new() { Profile = "deaf" }).Endpoint, Is.Null);
        _environment["AWS_ENDPOINT_URL"] = "http://general.example";
        Assert.That(Resolve(new() { Profile = "work" }).Endpoint, Is.EqualTo(new Uri("http://general.example")));
        _environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
        Assert.That(Resolve(new() { Profile = "work" }).Endpoint, Is.Null);
        Assert.That(Resolve(new() { Profile = "work", EndpointUrl = new Uri("http://set.example") }).Endpoint, Is.EqualTo(new Uri("http://set.example")));
        _environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "false";
        Assert.That(Resolve(new() { Profile = "deaf" }).Endpoint, Is.EqualTo(new Uri("http://general.example")));
    }

    [Test]
    public void The_region_comes_from_setting_then_variables_then_profile()
    {
        Assert.That(Resolve(new() { Profile = "work" }).Region, Is.EqualTo("eu-west-3"));
        _environment["AWS_DEFAULT_REGION"] = "r-default";
        Assert.That(Resolve(new() { Profile = "work" }).Region, Is.EqualTo("r-default"));
        _environment["AWS_REGION"] = "r-first";
        Assert.That(Resolve().Region, Is.EqualTo("r-first"));
        Assert.That(Resolve(new() { Region = "r-set" }).Region, Is.EqualTo("r-set"));
    }

    [TestCase("https://storage.googleapis.com", "gcs", true, "auto")]
    [TestCase("https://abc.r2.cloudflarestorage.com", "r2", true, "auto")]
    [TestCase("https://s3.eu-west-1.amazonaws.com", "aws", false, "us-east-1")]
    [TestCase("https://s3.amazonaws.com", "aws", false, "us-east-1")]
    [TestCase("https://S3.dualstack.eu-west-1.amazonaws.com", "aws", false, "us-east-1")]
    [TestCase("https://s3-fips.dualstack.us-gov-west-1.amazonaws.com", "aws", false, "us-east-1")]
    [TestCase("https://s3-accelerate.amazonaws.com", "aws", false, "us-east-1")]
    [TestCase("https://s3-eu-west-1.amazonaws.com", "aws", false, "us-east-1")]
    [TestCase("https://s3.cn-north-1.amazonaws.com.cn", "aws", false, "us-east-1")]
    [TestCase("https://s3express-use1-az4.us-east-1.amazonaws.com", "aws", false, "us-east-1")]
    [TestCase("https://bucket.vpce-0a1b2c-d3.s3.us-east-1.vpce.amazonaws.com", "aws", false, "us-east-1")]
    [TestCase("https://minio-0a1b2c.elb.eu-west-1.amazonaws.com", "other", true, "us-east-1")]
    [TestCase("http://s3-0a1b2c.elb.eu-west-1.amazonaws.com", "other", true, "us-east-1")]
    [TestCase("http://ec2-192-0-2-1.compute-1.amazonaws.com:9000", "other", true, "us-east-1")]
    [TestCase("https://vpce-0a1b2c-d3.vpce-svc-0a1b.us-east-1.vpce.amazonaws.com", "other", true, "us-east-1", Description = "anybody's service in a private network")]
    [TestCase("http://localhost:9000", "other", true, "us-east-1")]
    [TestCase("https://amazonaws.com.example.org", "other", true, "us-east-1")]
    public void The_provider_is_known_by_its_host(string endpoint, string name, bool pathStyle, string region)
    {
        var connection = Resolve(new() { EndpointUrl = new Uri(endpoint) });

        Assert.That((connection.Provider.Name, connection.PathStyle, connection.Region), Is.EqualTo((name, pathStyle, region)));
    }

    [Test]
    public void Google_s_URLs_go_to_Google()
    {
        _environment["AWS_ENDPOINT_URL"] = "http://elsewhere.example";

        var connection = Resolve(url: "gs://bucket/p");

        Assert.That(connection.Endpoint, Is.EqualTo(new Uri("https://storage.googleapis.com")));
        Assert.That(connection.Provider.DeletesMany, Is.False);
    }

    [TestCase("localhost:9000")]
    [TestCase("ftp://x")]
    [TestCase("not a url")]
    [TestCase("http://host/?a=b")]
    [TestCase("/only/a/path")]
    public void A_bad_endpoint_is_a_bad_setting(string text)
    {
        _environment["AWS_ENDPOINT_URL"] = text;

        var failure = Failure(() => Resolve());

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.InvalidSetting));
        Assert.That(failure.Message, Does.Contain("AWS_ENDPOINT_URL").And.Contain(text.Split('?')[0]).And.Contain("http://localhost:9000"));
    }

    [TestCase("http://host/?token=passw0rd")]
    [TestCase("http://host/#passw0rd")]
    [TestCase("user:passw0rd@host")]
    [TestCase("http://us@er:passw0rd@:99999/")]
    public void What_may_be_a_secret_in_a_bad_endpoint_is_not_repeated(string text)
    {
        _environment["AWS_ENDPOINT_URL"] = text;

        Assert.That(Failure(() => Resolve()).Message, Does.Contain("AWS_ENDPOINT_URL").And.Not.Contain("passw0rd"));
    }

    [Test]
    public void A_password_in_the_endpoint_is_refused_and_not_repeated()
    {
        var failure = Failure(() => Resolve(new() { EndpointUrl = new Uri("http://user:passw0rd@host") }));

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.InvalidSetting));
        Assert.That(failure.ToString(), Does.Not.Contain("passw0rd"));
    }

    [Test]
    public void A_profile_that_does_not_exist_is_named()
    {
        _environment["AWS_PROFILE"] = "nobody";
        Assert.That(Failure(() => Resolve()).Message, Does.StartWith("AWS_PROFILE names the profile 'nobody'"));
        _environment.Remove("AWS_PROFILE");
        _environment["AWS_DEFAULT_PROFILE"] = "no one";
        Assert.That(Failure(() => Resolve()).Message, Does.StartWith("AWS_DEFAULT_PROFILE names the profile 'no one'"));
        Assert.That(Failure(() => Resolve(new() { Profile = "missing" })).Message, Does.StartWith("The settings name the profile 'missing'"));
    }

    [Test]
    public async Task Credentials_come_from_the_profile_that_is_set_then_variables_then_AWS_PROFILE_then_the_default()
    {
        Assert.That(await AccessKeyAsync(), Is.EqualTo("DEFAULTID"));
        _environment["AWS_DEFAULT_PROFILE"] = "work";
        Assert.That(await AccessKeyAsync(), Is.EqualTo("WORKID"));
        _environment["AWS_DEFAULT_PROFILE"] = "default";
        _environment["AWS_PROFILE"] = "work";
        Assert.That(await AccessKeyAsync(), Is.EqualTo("WORKID"));
        _environment["AWS_ACCESS_KEY_ID"] = "ENVID";
        _environment["AWS_SECRET_ACCESS_KEY"] = "envSecret";
        Assert.That(await AccessKeyAsync(), Is.EqualTo("ENVID"));
        Assert.That(await AccessKeyAsync(new() { Profile = "work" }), Is.EqualTo("WORKID"));
    }

    [Test]
    public async Task A_session_token_goes_with_the_keys()
    {
        _environment["AWS_ACCESS_KEY_ID"] = "ENVID";
        _environment["AWS_SECRET_ACCESS_KEY"] = "envSecret";
        _environment["AWS_SESSION_TOKEN"] = "token";

        Assert.That((await new S3Credentials(StoreSettings.Default, Read).GetCredentialsAsync()).Token, Is.EqualTo("token"));
    }

    [Test]
    public async Task Half_of_the_keys_is_said_to_be_half()
    {
        _environment["AWS_ACCESS_KEY_ID"] = "ENVID";

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => AccessKeyAsync()))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.CredentialsNotFound));
        Assert.That(failure.Message, Does.StartWith("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not."));
    }

    [Test]
    public async Task A_profile_without_credentials_is_said_to_have_none()
    {
        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => AccessKeyAsync(new() { Profile = "bare" })))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.CredentialsNotFound));
        Assert.That(failure.Message, Does.Contain("'bare'"));
    }

    [Test]
    public void Content_goes_unsigned_over_TLS_and_elsewhere_only_where_that_is_asked_for()
    {
        var http = new StoreSettings { EndpointUrl = new("http://h:1"), Provider = StoreProvider.Aws };
        var unsigned = http with { UnsignedPayload = true };

        Assert.Multiple(() =>
        {
            Assert.That(Resolve(http).IsPayloadUnsigned, Is.False);
            Assert.That(Resolve(unsigned).IsPayloadUnsigned, Is.True);
            Assert.That(Resolve().IsPayloadUnsigned, Is.True);
            Assert.That(Resolve(new() { UnsignedPayload = true }).IsPayloadUnsigned, Is.True);
            Assert.That(Resolve(unsigned, "gs://bucket/p").Proof, Is.EqualTo(ProofKind.Md5), "one side of a copy may be Google's");
        });
    }

    [TestCase(null)]
    [TestCase(StoreProvider.Ceph)]
    [TestCase(StoreProvider.R2)]
    public void Content_is_not_left_unproven(StoreProvider? provider)
    {
        var failure = Failure(() => Resolve(new() { EndpointUrl = new("http://h:1"), Provider = provider, UnsignedPayload = true }));

        Assert.That((failure.Error, failure.Subject), Is.EqualTo((TrainctlError.InvalidSetting, "UnsignedPayload")));
    }

    private static TrainctlException Failure(Action action)
    {
        try
        {
            action();
        }
        catch (TrainctlException exception)
        {
            return exception;
        }

        throw new AssertionException("No TrainctlException was thrown.");
    }

    private string? Read(string name) => _environment.GetValueOrDefault(name);

    private S3Connection Resolve(StoreSettings? settings = null, string url = "s3://bucket/p") =>
        S3Connection.Resolve(ObjectUrl.Parse(url), settings ?? StoreSettings.Default, new EngineHost { WorkingDirectory = _folder.Path, Environment = Read });

    private async Task<string> AccessKeyAsync(StoreSettings? settings = null) =>
        (await new S3Credentials(settings ?? StoreSettings.Default, Read).GetCredentialsAsync()).AccessKey;
}
