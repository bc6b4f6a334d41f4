using Trainctl.Testing.S3;

namespace Trainctl.Cli.Tests;

[SetUpFixture]
public sealed class StopServer
{
    [OneTimeTearDown]
    public async Task Stop() => await S3TestServer.StopAsync();
}
