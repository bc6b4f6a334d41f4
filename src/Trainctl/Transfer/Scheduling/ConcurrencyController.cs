namespace Trainctl.Transfer.Scheduling;

/// <summary>What was done with one number of workers.</summary>
/// <param name="Objects">Moved meanwhile.</param>
/// <param name="Bytes">Theirs.</param>
/// <param name="Elapsed">How long it took; more than none.</param>
/// <param name="Ceiling">How many requests the store takes at once by now.</param>
internal readonly record struct WorkSample(int Objects, long Bytes, TimeSpan Elapsed, int Ceiling)
{
    /// <summary>Whether objects took much longer than the quickest one did: something has as much to do as it can, be it this machine, the way or the store.</summary>
    public bool IsQueueing { get; init; }
}

/// <summary>
/// How many small objects are moved at once: doubles, where there is room for that, while it helps clearly, then grows in steps, goes back when a change did not
/// pay, and looks again from time to time, downwards in steps and upwards as at first in turns. Many are tried only where nothing queues, as with a store that is far: else they would
/// only take memory. A store that asks for less gets less. Pure.
/// </summary>
internal sealed class ConcurrencyController
{
    /// <summary>
    /// With how many it begins by itself. Even a store on the same machine is faster with more up to here, some 20 % than with 8, as both sides switch less between threads;
    /// each costs some 120 KB (benchmarks/README.md).
    /// </summary>
    public const int First = 48;

    /// <summary>No more are tried where something queues.</summary>
    public const int MostQueueing = 64;

    /// <summary>Samples between two looks at whether another number has become better.</summary>
    public const int SamplesAtRest = 10;

    /// <summary>A request costs about what moving so many bytes does, so that samples of smaller and larger objects can be compared.</summary>
    private const double RequestBytes = 256 * 1024;

    /// <summary>The share of what more workers could bring at best that they must bring.</summary>
    private const double LeastGain = 0.25;

    /// <summary>What fewer workers may cost.</summary>
    private const double MostLoss = 0.03;

    /// <summary>A step is this part of the workers, and at least one.</summary>
    private const int StepsToDouble = 8;

    private readonly int _most;
    private Phase _phase;
    private int _kept;
    private double _keptRate;
    private int _rest;
    private bool _looksDown;
    private bool _isQueueing;

    /// <param name="most">Never more than this.</param>
    /// <param name="first">With how many it begins.</param>
    public ConcurrencyController(int most, int first = First)
    {
        _most = most;
        Workers = _kept = Math.Min(first, most);
    }

    private enum Phase
    {
        Beginning,
        Doubling,
        Stepping,
        Resting,
    }

    /// <summary>How many may be tried.</summary>
    private int Most => Math.Max(_kept, _isQueueing ? Math.Min(_most, MostQueueing) : _most);

    /// <summary>How many there are to be now.</summary>
    public int Workers { get; private set; }

    /// <summary>Decides on the number, by what was done since it was decided last.</summary>
    public void Observe(WorkSample sample)
    {
        _isQueueing = sample.IsQueueing;
        if (sample.Ceiling < Workers)
        {
            Workers = _kept = Math.Max(1, sample.Ceiling);
            Rest();
            return;
        }

        var rate = (sample.Objects + (sample.Bytes / RequestBytes)) / sample.Elapsed.TotalSeconds;
        if (Workers == _kept)
            _keptRate = rate;
        else if (IsBetter(rate))
            Keep(rate);
        else
            GoBack();
        Workers = Math.Min(Next(), sample.Ceiling);
    }

    private int Step => Math.Max(1, _kept / StepsToDouble);

    private bool IsBetter(double rate) => Workers > _kept
        ? rate >= _keptRate * (1 + (LeastGain * (((double)Workers / _kept) - 1)))
        : rate >= _keptRate * (1 - MostLoss);

    private void Keep(double rate)
    {
        (_kept, _keptRate) = (Workers, rate);
        // Fewer do as well: perhaps still fewer do.
        if (_phase == Phase.Resting)
            (_rest, _looksDown) = (1, false);
    }

    private void GoBack()
    {
        if (_phase == Phase.Doubling)
            _phase = Phase.Stepping;
        else
            Rest();
    }

    private void Rest() => (_phase, _rest) = (Phase.Resting, SamplesAtRest);

    private int Next()
    {
        // What was measured before a change that did not pay may be out of date by now, so it is measured once more.
        if (Workers != _kept)
            return _kept;
        if (_phase == Phase.Resting)
        {
            if (--_rest > 0)
                return _kept;
            _looksDown = !_looksDown && _kept > 1;
            if (_looksDown)
            {
                Rest();
                return _kept - Step;
            }

            _phase = Phase.Beginning;
        }

        // Where the first doubling would be cut off it is a step too far.
        if (_phase == Phase.Beginning)
            _phase = _kept <= Most / 2 ? Phase.Doubling : Phase.Stepping;
        var next = Math.Min(Most, _phase == Phase.Doubling ? _kept * 2 : _kept + Step);
        if (next == _kept)
            Rest();
        return next;
    }
}
