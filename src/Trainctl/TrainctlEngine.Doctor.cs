using Trainctl.Doctor;

namespace Trainctl;

/// <content>Finding out what is wrong with the way to a store.</content>
public sealed partial class TrainctlEngine
{
    /// <summary>
    /// Tries what a store can do and what its credentials may, by a few small requests. What does not work is in the report, and no exception: also when
    /// nobody answers. What was written is removed again, also after cancellation.
    /// </summary>
    /// <exception cref="Diagnostics.TrainctlException">A setting makes no sense.</exception>
    public async Task<DoctorReport> ExamineAsync(DoctorSettings settings, CancellationToken cancellationToken = default)
    {
        var store = Open(settings.Location, settings.Store);
        await using var guard = store.ConfigureAwait(false);
        return await new Examination(settings, _host, store).RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
