using Trainctl.Testing.S3;

namespace Trainctl.MSBuild.Tests;

[SetUpFixture]
public sealed class StopServer
{
    [OneTimeTearDown]
    public async Task Stop() => await S3TestServer.StopAsync();
}
