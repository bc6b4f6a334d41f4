using Trainctl.Storage;

namespace Trainctl.Tests.Storage;

public sealed class TemporaryNameTests
{
    [TestCase("")]
    [TestCase("1")]
    [TestCase("4294967295")]
    public void A_name_is_known_again_also_with_the_digits_of_another_program(string digits) =>
        Assert.That(TemporaryName.Matches(TemporaryName.Create() + digits), Is.True);

    [TestCase(".trainctl-0123456789abcdef.tmpx")]
    [TestCase(".trainctl-0123456789abcdef.tmp1x")]
    [TestCase(".trainctl-0123456789abcde.tmp1")]
    [TestCase("trainctl-0123456789abcdef.tmp")]
    [TestCase("1")]
    public void A_name_of_a_user_is_not_taken_for_one(string name) => Assert.That(TemporaryName.Matches(name), Is.False);
}
