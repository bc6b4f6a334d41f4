using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Doctor;

/// <summary>Tries one thing after another, and writes down what came of it.</summary>
internal sealed class Checklist
{
    private readonly List<DoctorCheck> _checks = [];

    public IReadOnlyList<DoctorCheck> Checks => _checks;

    /// <summary>Tries one thing. Whatever goes wrong becomes its result; cancellation passes through.</summary>
    /// <param name="name">What is tried.</param>
    /// <param name="isNeeded">Whether Trainctl cannot do its work without it.</param>
    /// <param name="probe">Tries it.</param>
    /// <param name="isOffered">Whether it is something that a store may offer or not, so that Trainctl could go without.</param>
    /// <returns>Whether it works.</returns>
    public async Task<bool> TryAsync(string name, bool isNeeded, Func<Task<Probe>> probe, bool isOffered = true)
    {
        try
        {
            var found = await probe().ConfigureAwait(false);
            _checks.Add(new DoctorCheck
            {
                Name = name,
                IsNeeded = isNeeded,
                Result = found.Works ? CheckResult.Works : CheckResult.Unsupported,
                Finding = found.Finding,
                Consequence = found.Consequence.Length == 0 ? null : found.Consequence,
            });
            return found.Works;
        }
        catch (TrainctlException exception)
        {
            var isDispensable = isOffered && !isNeeded;
            var result = ResultOf(exception.Error, isDispensable);
            _checks.Add(new DoctorCheck
            {
                Name = name,
                IsNeeded = isNeeded,
                Result = result,
                Finding = result == CheckResult.Unsupported ? "not offered" : exception.Code,
                Consequence = isDispensable ? "Trainctl goes without" : null,
                ErrorCode = exception.Code,
                Error = exception.Message,
                ExitCode = exception.ExitCode,
            });
            return false;
        }
    }

    public void Skip(bool isNeeded, string why, params IEnumerable<string> names) =>
        _checks.AddRange(names.Select(name => new DoctorCheck { Name = name, IsNeeded = isNeeded, Result = CheckResult.NotTried, Finding = why }));

    /// <summary>What is offered by some only may be answered in any way by the others; who answered before is there.</summary>
    private static CheckResult ResultOf(TrainctlError error, bool isDispensable) => error switch
    {
        TrainctlError.AccessDenied or TrainctlError.CredentialsRejected or TrainctlError.CredentialsNotFound => CheckResult.Denied,
        TrainctlError.StoreRejected or TrainctlError.StoreUnavailable when isDispensable => CheckResult.Unsupported,
        _ => CheckResult.Failed,
    };
}
