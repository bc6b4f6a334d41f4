using System.Runtime.CompilerServices;
using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.Transfer.S5cmd;

/// <summary>An object that the built-in backend is to move.</summary>
/// <param name="Item">The object.</param>
/// <param name="IsKnown">Whether it has been counted already, because s5cmd had it first.</param>
internal readonly record struct RoutedItem(TransferItem Item, bool IsKnown);

/// <summary>Takes what s5cmd can do out of a stream of objects, has it done, and lets the rest pass, with all that s5cmd did not bring to a proven end.</summary>
internal sealed class S5cmdRoute : IDisposable
{
    private readonly TransferSettings _settings;
    private readonly EngineHost _host;
    private readonly ProgressMeter _progress;
    private readonly S5cmdRule _rule;
    private readonly Lazy<Task<S5cmdProgram?>> _program;

    /// <summary>One s5cmd at a time: it is made to use the whole machine.</summary>
    private readonly SemaphoreSlim _gate = new(1);

    private volatile bool _isOver;
    private int _isSaid;

    /// <exception cref="TrainctlException">s5cmd was asked for and is not there, or too old.</exception>
    public S5cmdRoute(TransferSettings settings, EngineHost host, ProgressMeter progress, S5cmdRule rule)
    {
        _rule = rule;
        _settings = settings;
        _host = host;
        _progress = progress;
        _program = new Lazy<Task<S5cmdProgram?>>(FindAsync);
        // Now, before an operation has changed anything.
        if (settings.Backend == TransferBackend.S5cmd)
            Task.Run(() => S5cmdProgram.RequireAsync(host)).GetAwaiter().GetResult();
    }

    /// <summary>The rest of the stream. What s5cmd does is done while the next element is waited for.</summary>
    /// <param name="items">All objects.</param>
    /// <param name="onProven">Called for each object that s5cmd has moved.</param>
    /// <param name="cancellationToken">Ends s5cmd too.</param>
    public async IAsyncEnumerable<RoutedItem> RouteAsync(
        IAsyncEnumerable<TransferItem> items, Func<TransferResult, ValueTask> onProven, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var batcher = new S5cmdBatcher(_settings);
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (!await IsForS5cmdAsync(item).ConfigureAwait(false))
            {
                yield return new RoutedItem(item, IsKnown: false);
                continue;
            }

            _progress.Known(item.Object.Size);
            if (batcher.Add(item) is not { } full)
                continue;
            foreach (var undone in await MoveAsync(full, onProven, cancellationToken).ConfigureAwait(false))
                yield return new RoutedItem(undone, IsKnown: true);
        }

        foreach (var batch in batcher.Rest())
        {
            foreach (var undone in await MoveAsync(batch, onProven, cancellationToken).ConfigureAwait(false))
                yield return new RoutedItem(undone, IsKnown: true);
        }
    }

    public void Dispose() => _gate.Dispose();

    private bool IsAuto => _settings.Backend == TransferBackend.Auto;

    private async ValueTask<bool> IsForS5cmdAsync(TransferItem item)
    {
        if (_isOver || (IsAuto && !MayPay(item)))
            return false;
        if (S5cmdSuitability.ReasonAgainst(item) is { } reason)
        {
            if (!IsAuto)
                _host.Log.Debug($"'{item.Key}' is moved by the built-in backend: {reason}.");
            return false;
        }

        return item.Refusal() is null && await _program.Value.ConfigureAwait(false) is not null;
    }

    private bool MayPay(TransferItem item)
    {
        if (S5cmdSuitability.DirectionOf(item) is not { } direction)
            return false;
        var mayPay = _rule.MayPay(direction);
        if (!mayPay && Interlocked.Exchange(ref _isSaid, 1) == 0)
            _host.Log.Debug("The built-in backend moves everything: s5cmd is not measured to be clearly faster for such a job.");
        return mayPay;
    }

    private async Task<S5cmdProgram?> FindAsync()
    {
        var finding = await S5cmdProgram.FindAsync(_host).ConfigureAwait(false);
        if (finding.Program is null)
            _host.Log.Debug($"The built-in backend moves everything: {finding.Problem}.");
        return finding.Program;
    }

    private async Task<IReadOnlyList<TransferItem>> MoveAsync(
        S5cmdBatch batch, Func<TransferResult, ValueTask> onProven, CancellationToken cancellationToken)
    {
        var work = $"{HumanText.Count(batch.Items.Count, "object")}, {batch.Bytes} bytes, {(batch.Direction == TransferDirection.Upload ? "up" : "down")}";
        if (IsAuto && !_rule.Pays(batch.Direction, batch.Items.Count, batch.Bytes))
        {
            _host.Log.Debug($"The built-in backend moves {work}: s5cmd is not measured to be clearly faster for such a job.");
            return batch.Items;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isOver || await _program.Value.ConfigureAwait(false) is not { } program
                || await EnvironmentAsync(batch, cancellationToken).ConfigureAwait(false) is not { } environment)
            {
                return batch.Items;
            }

            _host.Log.Info($"s5cmd {program.Version} moves {work}: {(IsAuto ? "for such a job it is measured to be faster" : "it was asked for")}.");
            var result = await new S5cmdRun(program, batch, _settings, _host).RunAsync(environment, OnProvenAsync, cancellationToken).ConfigureAwait(false);
            if (result.IsHopeless)
                GiveUp("it brought nothing to a proven end, or its work cannot be proven here");
            return result.Undone;
        }
        finally
        {
            _gate.Release();
        }

        ValueTask OnProvenAsync(TransferResult done)
        {
            _progress.Moved(done.Item.Object.Size, done.Item.Key);
            return onProven(done);
        }
    }

    private async Task<IReadOnlyDictionary<string, string?>?> EnvironmentAsync(S5cmdBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            return await S5cmdEnvironment.ForAsync(batch.Bucket, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception)
        {
            // The built-in backend says it for each object.
            GiveUp($"there are no credentials for it: {exception.Message}");
            return null;
        }
    }

    private void GiveUp(string why)
    {
        _isOver = true;
        _host.Log.Debug($"The built-in backend moves the rest: s5cmd is not used again in this operation, because {why}.");
    }
}
