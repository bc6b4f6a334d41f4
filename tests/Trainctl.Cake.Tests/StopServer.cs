using Trainctl.Testing.S3;

namespace Trainctl.Cake.Tests;

[SetUpFixture]
public sealed class StopServer
{
    [OneTimeTearDown]
    public async Task Stop() => await S3TestServer.StopAsync();
}
