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

    [TestCase("a")]
    [TestCase("a very long name indeed, with spaces, an ü and a dot at its end.")]
    public void The_names_of_a_file_that_grows_and_of_its_journal_lead_to_each_other(string name)
    {
        var (partial, journal) = (TemporaryName.PartialOf(name), TemporaryName.JournalOf(name));

        Assert.Multiple(() =>
        {
            Assert.That(TemporaryName.Matches(partial) && TemporaryName.Matches(journal), Is.True);
            Assert.That(TemporaryName.IsPartial(partial, out var found) ? found : null, Is.EqualTo(journal));
            Assert.That(TemporaryName.IsJournal(journal, out found) ? found : null, Is.EqualTo(partial));
            Assert.That(TemporaryName.IsJournal(partial, out _) || TemporaryName.IsPartial(journal, out _), Is.False);
            Assert.That(TemporaryName.PartialOf(name + "x"), Is.Not.EqualTo(partial));
        });
    }

    [Test]
    public void A_name_for_once_is_neither()
    {
        var name = TemporaryName.Create();

        Assert.That(TemporaryName.IsJournal(name, out _) || TemporaryName.IsPartial(name, out _), Is.False);
    }
}
