using System.Diagnostics;
using System.Globalization;

namespace Trainctl.Benchmarks.CommandLines;

/// <summary>
/// Times whole processes, trainctl and s5cmd in turns: start-up, and listing one page of a bucket. trainctl and s5cmd come from PATH, the server and its
/// credentials from the AWS variables. Prints a Markdown table; a ratio below 1 is in favour of trainctl.
/// </summary>
internal static class CommandLineRun
{
    private const int Rounds = 40;
    private const int Objects = 900;

    private static readonly string Bucket = $"trainctl-bench-{Environment.ProcessId}";

    public static int Run()
    {
        var folder = Directory.CreateTempSubdirectory("trainctl-bench-").FullName;
        for (var i = 0; i < Objects; i++)
            File.WriteAllText(Path.Join(folder, $"file-{i}.txt"), "content");
        S5cmd("mb", $"s3://{Bucket}");
        try
        {
            S5cmd("cp", folder + "/", $"s3://{Bucket}/many/");
            Console.WriteLine("| what | trainctl, ms | s5cmd, ms | ratio |");
            Console.WriteLine("|---|---:|---:|---:|");
            Compare("start-up", ["--version"], ["version"]);
            Compare($"list {Objects} objects", ["s3", "list", $"s3://{Bucket}/many/"], ["ls", $"s3://{Bucket}/many/"]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            S5cmd("rm", $"s3://{Bucket}/*");
            S5cmd("rb", $"s3://{Bucket}");
        }

        return 0;
    }

    private static void Compare(string what, string[] ours, string[] theirs)
    {
        var (mine, others) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            mine.Add(Time("trainctl", ours));
            others.Add(S5cmd(theirs));
        }

        var (here, there) = (Median(mine), Median(others));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {here:0.0} | {there:0.0} | {here / there:0.00} |"));
    }

    /// <summary>s5cmd has a variable of its own for the address.</summary>
    private static double S5cmd(params string[] arguments) => Time("s5cmd", arguments);

    private static double Time(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["S3_ENDPOINT_URL"] = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3") ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL");
        var begin = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(begin).TotalMilliseconds
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }
}
