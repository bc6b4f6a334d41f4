using Trainctl.Storage;

namespace Trainctl.Tests.Storage;

internal sealed class RandomDigitsTests
{
    [TestCase(8)]
    [TestCase(16)]
    public void Digits_are_lower_case_and_hexadecimal(int count) => Assert.That(RandomDigits.Create(count), Does.Match($"^[0-9a-f]{{{count}}}$"));

    [Test]
    public void No_two_are_the_same() =>
        Assert.That(Enumerable.Range(0, 10_000).Select(static _ => RandomDigits.Create(16)).Distinct().Count(), Is.EqualTo(10_000));

    [Test]
    public void Each_digit_is_random()
    {
        var created = Enumerable.Range(0, 2_000).Select(static _ => RandomDigits.Create(15)).ToArray();

        // The chance that one of 16 is missing at one of 15 places is below 10^-50.
        Assert.That(Enumerable.Range(0, 15).Select(i => created.Select(digits => digits[i]).Distinct().Count()), Is.All.EqualTo(16));
    }

    [Test]
    public void More_than_are_random_are_an_error() => Assert.That(() => RandomDigits.Create(17), Throws.TypeOf<ArgumentOutOfRangeException>());
}
