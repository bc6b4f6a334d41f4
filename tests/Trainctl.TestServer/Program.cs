using System.Runtime.InteropServices;
using Trainctl.Testing.S3;

// Lets one server serve all test processes of a build: the variables to pass on go to stdout, everything else to stderr, and the server
// lives until stdin closes or a signal comes. With --tls it encrypts.
var isEncrypted = args.Contains("--tls");
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
var stdinClosed = Task.Run(WaitForEndOfInput);

try
{
    var server = await S3TestServer.GetAsync(Console.Error.WriteLine, isEncrypted, stop.Token);
    if (!server.IsAvailable)
    {
        await Console.Error.WriteLineAsync(server.Problem);
        return 1;
    }

    Console.WriteLine($"{GivenEndpoint.EndpointVariable}={server.Endpoint.Url}");
    Console.WriteLine($"{GivenEndpoint.DoesAllVariable}={(server.Endpoint.DoesAll ? "true" : "")}");
    Console.WriteLine($"AWS_ACCESS_KEY_ID={server.Endpoint.AccessKey}");
    Console.WriteLine($"AWS_SECRET_ACCESS_KEY={server.Endpoint.SecretKey}");
    Console.WriteLine($"AWS_REGION={server.Endpoint.Region}");
    if (server.Endpoint.CaBundle is { } bundle)
        Console.WriteLine($"AWS_CA_BUNDLE={bundle}");
    Console.WriteLine($"TRAINCTL_TEST_S3_SERVER={server.Endpoint.Description}");
    Console.WriteLine("READY");
    await stdinClosed.WaitAsync(stop.Token);
}
catch (OperationCanceledException)
{
    // A signal is a normal way to end.
}
finally
{
    await S3TestServer.StopAsync();
}

return 0;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

void WaitForEndOfInput()
{
    using var input = Console.OpenStandardInput();
    var buffer = new byte[256];
    while (input.Read(buffer) > 0)
    {
    }

    stop.Cancel();
}
