using System.Diagnostics;
using System.Threading;
using System.Xml.Linq;

string testSummary = null;
bool testsFailed;

void RunTests()
{
    CleanDirectory(testResultFolder);
    var isAudited = AuditWhatCanBe();
    var failed = new List<string>();
    using (var server = TestServer.Start(Context))
    {
        foreach (var project in GetFiles("tests/*/*.Tests.csproj"))
        {
            var name = project.GetFilenameWithoutExtension().ToString();
            Information("{0}", name);
            var filter = name == "Trainctl.Cake.Frosting.Tests" && LacksFrosting() ? "--filter TestCategory!=RealFrosting" : "";
            var exitCode = StartProcess("dotnet", new ProcessSettings
            {
                Arguments = new ProcessArgumentBuilder()
                    .Append("test").AppendQuoted(project.FullPath)
                    .Append("--configuration Release --no-build --nologo").Append(filter)
                    // A test that never ends is named and fails. The slowest take 15 seconds.
                    .Append("--blame-hang-timeout 3m --blame-hang-dump-type none")
                    .AppendQuoted($"--logger:trx;LogFileName={name}.trx")
                    .Append("--results-directory").AppendQuoted(testResultFolder.FullPath),
                EnvironmentVariables = server.Variables,
            });
            if (exitCode != 0)
                failed.Add(name);
        }
    }

    var counters = GetFiles($"{testResultFolder}/*.trx")
        .Select(file => XDocument.Load(file.FullPath).Descendants().First(element => element.Name.LocalName == "Counters"))
        .ToArray();
    int Sum(string name) => counters.Sum(counter => (int)counter.Attribute(name));
    var passedCount = Sum("passed");
    // A test run that broke down before it could count is a failure all the same.
    var failedCount = Math.Max(Sum("executed") - passedCount, failed.Count);
    var skippedCount = Sum("total") - Sum("executed");
    testSummary = $"{passedCount} passed, {failedCount} failed" + (skippedCount > 0 ? $", {skippedCount} skipped" : "");
    testsFailed = failedCount > 0 || passedCount == 0 || !isAudited;
    foreach (var name in failed)
        Error("{0} failed; see artifacts/test-results/{0}.trx", name);
}

// Whether tests through the real Cake.Frosting are left out: where a skipped test would be a failure, they would otherwise have to count as passed.
bool LacksFrosting()
{
    var isContinuousIntegration = EnvironmentVariable("CI") is { } value && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));
    if (!isContinuousIntegration || !string.IsNullOrEmpty(EnvironmentVariable("TRAINCTL_TEST_CAKE_FROSTING_FEED")))
        return false;
    Warning("TRAINCTL_TEST_CAKE_FROSTING_FEED is not set, so no test is run through the real Cake.Frosting, and none of them is counted.");
    return true;
}

// One S3 server for all test processes. Without one the tests skip loudly, and under CI=true fail; they say so themselves.
sealed class TestServer : IDisposable
{
    // It says what takes long, such as packages that are installed, and has so long from each time that it says something.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private TestServer(Process process) => _process = process;

    public Dictionary<string, string> Variables { get; } = new();

    public static TestServer Start(ICakeContext context)
    {
        var project = "tests/Trainctl.TestServer/bin/Release/net10.0/Trainctl.TestServer.dll";
        var path = System.IO.Path.Combine(context.Environment.WorkingDirectory.FullPath, project);
        var start = new ProcessStartInfo("dotnet", [path]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var server = new TestServer(Process.Start(start));
        // Not disposed, as it may be reset until the process has ended.
        var silence = new CancellationTokenSource(LongestSilence);
        server._process.ErrorDataReceived += (_, said) =>
        {
            if (said.Data is null)
                return;
            Console.Error.WriteLine(said.Data);
            silence.CancelAfter(LongestSilence);
        };
        server._process.BeginErrorReadLine();
        try
        {
            while (server._process.StandardOutput.ReadLineAsync().WaitAsync(silence.Token).GetAwaiter().GetResult() is { } line && line != "READY")
            {
                if (line.Split('=', 2) is [var name, var value])
                    server.Variables[name] = value;
            }

            return server;
        }
        catch (OperationCanceledException)
        {
            server._process.Kill(entireProcessTree: true);
            server.Dispose();
            var message = $"The S3 server for the tests was not ready, and had said nothing for {LongestSilence.TotalMinutes:0} minutes, so it was ended and no test was run. "
                + "Name one that runs by TRAINCTL_TEST_S3_ENDPOINT, or try again.";
            context.Log.Error("{0}", message);
            throw new CakeException(message);
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(60)))
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
