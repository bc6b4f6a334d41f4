using System.Globalization;
using System.Text;
using System.Threading.Channels;
using CliWrap;

namespace Trainctl.Transfer.S5cmd;

/// <summary>One run of <c>s5cmd run</c>: commands go in line by line while it works, and its answers come out as they are given.</summary>
internal sealed class S5cmdProcess(S5cmdProgram program, IReadOnlyDictionary<string, string?> environment, int workers)
{
    /// <summary>As many as the built-in backend has.</summary>
    private const int Retries = 4;

    /// <summary>From the request to end until it is killed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Runs until s5cmd has ended.</summary>
    /// <param name="lines">Commands. When they end, s5cmd ends after the last.</param>
    /// <param name="onLine">Each line that it prints, on any stream.</param>
    /// <param name="cancellationToken">Interrupts s5cmd, and kills it when it does not end soon. It has ended when this method returns or throws.</param>
    /// <returns>Its exit code.</returns>
    public async Task<int> RunAsync(ChannelReader<string> lines, Action<string> onLine, CancellationToken cancellationToken)
    {
        using var forceful = new CancellationTokenSource();
        var registration = cancellationToken.Register(() => forceful.CancelAfter(Patience));
        await using var guard = registration.ConfigureAwait(false);
        var command = Cli.Wrap(program.Path)
            .WithArguments(["--json", "--log", "info", "--numworkers", Text(workers), "--retry-count", Text(Retries), "run"])
            .WithEnvironmentVariables(environment)
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.Create((stream, token) => FeedAsync(lines, stream, token)))
            .WithStandardOutputPipe(PipeTarget.ToDelegate(onLine, Utf8))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(onLine, Utf8));
        var result = await command.ExecuteAsync(forceful.Token, cancellationToken).ConfigureAwait(false);
        return result.ExitCode;
    }

    private static async Task FeedAsync(ChannelReader<string> lines, Stream stream, CancellationToken cancellationToken)
    {
        while (await lines.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (lines.TryRead(out var line))
                await stream.WriteAsync(Utf8.GetBytes(line + "\n"), cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
