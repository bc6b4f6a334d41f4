using System.Diagnostics;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests;

/// <summary>Proxies that the environment names. .NET reads it once for a process, so each test has a process of its own.</summary>
public sealed class ForwardProxyTests
{
    private const int Files = 5;

    private static readonly string[] Variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

    private TestBucket _bucket = null!;
    private TemporaryFolder _folder = null!;
    private ForwardProxy _proxy = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        _proxy = new ForwardProxy();
        for (var i = 0; i < Files; i++)
            _folder.Write($"from/a {i}+%.txt", $"content {i}");
    }

    [TearDown]
    public async Task TearDown()
    {
        await _proxy.DisposeAsync();
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task What_is_not_encrypted_goes_through_HTTP_PROXY()
    {
        await UploadAsync(_bucket.Endpoint.Url, new() { ["HTTP_PROXY"] = _proxy.Address.ToString(), ["HTTPS_PROXY"] = "http://127.0.0.1:1" });

        Assert.That(_proxy.Requests.Count(r => r.StartsWith($"PUT {_bucket.Endpoint.Url.GetLeftPart(UriPartial.Authority)}/{_bucket.Name}/to/", StringComparison.Ordinal)), Is.EqualTo(Files));
        Assert.That(_proxy.Requests.Count(static r => r.Contains("list-type=2", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_encrypted_is_led_through_HTTPS_PROXY()
    {
        using var authority = new TestAuthority("ours");
        await using var front = new TlsFront(_bucket.Endpoint.Url, authority.Issue("localhost"));

        await UploadAsync(front.Address, new()
        {
            ["HTTPS_PROXY"] = _proxy.Address.ToString(), ["HTTP_PROXY"] = "http://127.0.0.1:1", ["AWS_CA_BUNDLE"] = _folder.Write("ours.pem", authority.Pem),
        });

        Assert.That(_proxy.Requests, Is.Not.Empty.And.All.EqualTo($"CONNECT localhost:{front.Address.Port} HTTP/1.1"));
    }

    [Test]
    public async Task What_NO_PROXY_names_goes_straight()
    {
        await UploadAsync(_bucket.Endpoint.Url, new() { ["HTTP_PROXY"] = _proxy.Address.ToString(), ["NO_PROXY"] = $"other.example,{_bucket.Endpoint.Url.Host}" });

        Assert.That(_proxy.Requests, Is.Empty);
    }

    [Test]
    public async Task The_password_of_a_proxy_is_written_nowhere([Values] bool answers)
    {
        const string Password = "sentinel0proxy0password";
        var port = answers ? _proxy.Address.Port : 1;

        var (exitCode, said) = await RunAsync(_bucket.Endpoint.Url, new() { ["HTTP_PROXY"] = $"http://user:{Password}@127.0.0.1:{port}" });

        Assert.That(exitCode, answers ? Is.Zero : Is.Not.Zero, said);
        Assert.That(_proxy.Requests, answers ? Is.Not.Empty : Is.Empty);
        Assert.That(_folder.Files().Select(f => $"{f}: {File.ReadAllText(_folder.Combine(f))}").Append(said), Has.None.Contains(Password));
        if (!answers)
            Assert.That(said, Does.Contain("TrainctlException"));
    }

    [Test]
    public async Task A_proxy_that_refuses_is_named_without_its_password([Values("http", "https")] string scheme, [Values(407, 403)] int status)
    {
        const string Password = "sentinel0proxy0password";
        _proxy.Refusal = status;

        var (exitCode, said) = await RunAsync(
            new Uri($"{scheme}://store.example:9000"), new() { [scheme.ToUpperInvariant() + "_PROXY"] = $"http://user:{Password}@127.0.0.1:{_proxy.Address.Port}" });

        Assert.That(exitCode, Is.Not.Zero, said);
        Assert.That(_folder.Files().Select(f => $"{f}: {File.ReadAllText(_folder.Combine(f))}").Append(said), Has.None.Contain(Password));
        Assert.That(said, scheme == "http" && status == 403 ? Does.Contain("HTTP 403") : Does.Contain($"the proxy at '127.0.0.1:{_proxy.Address.Port}'").And.Contain($"(HTTP {status})"));
    }

    private async Task UploadAsync(Uri endpoint, Dictionary<string, string> environment)
    {
        var (exitCode, said) = await RunAsync(endpoint, environment);
        Assert.That(exitCode, Is.Zero, said);

        await using var store = _bucket.Open("to");
        Assert.That(await store.ListAsync(new ListRequest()).CountAsync(), Is.EqualTo(Files));
    }

    private async Task<(int ExitCode, string Said)> RunAsync(Uri endpoint, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Join(AppContext.BaseDirectory, "Trainctl.TransferHost.dll"), _folder.Combine("from"), _bucket.Url("to").ToString(), _folder.Combine("state"), "8388608", "BuiltIn"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = _folder.Path,
        };
        foreach (var name in Variables.Concat(Variables.Select(static v => v.ToLowerInvariant())))
            start.Environment.Remove(name);
        var host = _bucket.Host(_folder.Path, new() { ["AWS_ENDPOINT_URL_S3"] = endpoint.ToString() });
        foreach (var name in (string[])["AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"])
            start.Environment[name] = host.Environment(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + error);
    }
}
