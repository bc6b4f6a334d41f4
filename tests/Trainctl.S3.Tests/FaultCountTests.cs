using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>
/// Each command met each kind of fault that its requests can meet, so that schedules that quietly stop failing do not pass for commands that withstand them.
/// </summary>
[DependsOnFixture(typeof(FaultScheduleTests), AllowFailure = true)]
public sealed class FaultCountTests
{
    private const string SyncUp = nameof(FaultScheduleTests.An_upload_leaves_only_whole_objects_and_tells_what_is_missing);
    private const string CopyUp = nameof(FaultScheduleTests.A_copy_up_leaves_only_whole_objects_and_tells_what_is_missing);
    private const string SyncDown = nameof(FaultScheduleTests.A_download_leaves_only_whole_files_and_tells_what_is_missing);
    private const string CopyDown = nameof(FaultScheduleTests.A_copy_down_leaves_only_whole_files_and_tells_what_is_missing);
    private const string Staging = nameof(FaultScheduleTests.A_staging_leaves_only_whole_files_and_a_true_lock_file);

    [TestCase(SyncUp, CopyUp)]
    [TestCase(SyncDown, CopyDown, Staging)]
    public void Transfers_one_way_met_each_kind_of_fault(params string[] tests) => FaultCount.AssertMet(tests);

    [TestCase(SyncUp, FaultKind.FlipRequest, FaultKind.DeleteSome, FaultKind.ErrorInsideOk, FaultKind.UploadForgotten)]
    [TestCase(CopyUp, FaultKind.FlipRequest, FaultKind.ErrorInsideOk, FaultKind.UploadForgotten)]
    [TestCase(SyncDown, FaultKind.FlipAnswer)]
    [TestCase(CopyDown, FaultKind.FlipAnswer)]
    [TestCase(Staging, FaultKind.FlipAnswer)]
    public void A_transfer_met_what_makes_bytes_wrong_or_its_answer_false(string test, params FaultKind[] kinds) =>
        Assert.That(kinds.Except(FaultCount.Of(test).Keys), Is.Empty);
}

/// <summary>The same for commands on checkpoints.</summary>
[DependsOnFixture(typeof(CheckpointFaultTests), AllowFailure = true)]
public sealed class CheckpointFaultCountTests
{
    [TestCase(nameof(CheckpointFaultTests.Whatever_manifest_there_is_after_publishing_is_true), FaultKind.FlipRequest, FaultKind.FlipAnswer, FaultKind.ErrorInsideOk, FaultKind.UploadForgotten)]
    [TestCase(nameof(CheckpointFaultTests.A_prune_touches_only_what_its_plan_names_and_tells_what_it_did_not_do), FaultKind.FlipAnswer, FaultKind.DeleteSome)]
    [TestCase(nameof(CheckpointFaultTests.A_restore_leaves_each_object_in_the_trash_or_whole_at_its_old_place), FaultKind.FlipAnswer, FaultKind.DeleteSome)]
    public void A_command_met_each_kind_of_fault(string test, params FaultKind[] special) => FaultCount.AssertMet([test], special);
}
