using System.Diagnostics;
using System.Runtime.InteropServices;
using Trainctl.Diagnostics;

namespace Trainctl.Benchmarks.Catalogue;

/// <summary>Fills a fresh prefix of a real S3 server, measures with manifests and without, each in a fresh process, and empties the prefix.</summary>
internal static class CatalogueRun
{
    public const string ChildCommand = "catalogue-one";

    private const int BadArguments = 2;
    private const int Cancelled = 130;
    private static readonly TimeSpan CleaningTime = TimeSpan.FromMinutes(15);

    public static async Task<int> RunAsync(string[] args)
    {
        var (target, problem) = CatalogueTarget.Parse(args);
        if (target is null)
        {
            await Console.Error.WriteLineAsync(problem);
            return BadArguments;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var fill = new CatalogueFill(target, ThisProcess.Host);
        try
        {
            return await MeasureAsync(target, fill, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Cancelled;
        }
        catch (TrainctlException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ErrorCatalog.ExitCode(exception.Error);
        }
        finally
        {
            await CleanAsync(fill);
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<int> MeasureAsync(CatalogueTarget target, CatalogueFill fill, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync($"Filling {target.Url} with {target.Objects} objects. Ctrl-C deletes them.");
        await fill.PublishAsync(cancellationToken);
        Console.WriteLine(CatalogueMeasurement.Header);
        var first = await ChildAsync("published, with manifests", target, cancellationToken);
        await fill.RemoveManifestsAsync(cancellationToken);
        var second = await ChildAsync("without manifests", target, cancellationToken);
        return first == 0 && second == 0 ? 0 : 1;
    }

    private static async Task<int> ChildAsync(string scenario, CatalogueTarget target, CancellationToken cancellationToken)
    {
        var arguments = new[] { typeof(CatalogueRun).Assembly.Location, ChildCommand, scenario, target.Url.ToString() };
        using var child = Process.Start(new ProcessStartInfo("dotnet", arguments))!;
        try
        {
            await child.WaitForExitAsync(cancellationToken);
            return child.ExitCode;
        }
        catch (OperationCanceledException)
        {
            child.Kill();
            throw;
        }
    }

    private static async Task CleanAsync(CatalogueFill fill)
    {
        using var patience = new CancellationTokenSource(CleaningTime);
        try
        {
            await fill.RemoveAllAsync(patience.Token);
        }
        catch (Exception exception) when (exception is TrainctlException or InvalidOperationException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
        }
    }
}
