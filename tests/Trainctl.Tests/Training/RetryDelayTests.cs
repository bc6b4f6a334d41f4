using Trainctl.Training.Publishing;

namespace Trainctl.Tests.Training;

public sealed class RetryDelayTests
{
    [TestCase(0, 0)]
    [TestCase(1, 2)]
    [TestCase(2, 4)]
    [TestCase(4, 16)]
    [TestCase(8, 256)]
    [TestCase(9, 300)]
    [TestCase(int.MaxValue, 300)]
    public void It_doubles_with_each_failure_up_to_its_limit(int failures, int seconds) => Assert.That(
        RetryDelay.After(failures, TimeSpan.FromSeconds(2), RetryDelay.WhileTraining), Is.EqualTo(TimeSpan.FromSeconds(seconds)));
}
