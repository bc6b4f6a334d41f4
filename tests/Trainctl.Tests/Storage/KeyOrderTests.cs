using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Trainctl.Storage;

namespace Trainctl.Tests.Storage;

public sealed class KeyOrderTests
{
    [Test]
    public void Surrogate_pairs_sort_behind_the_private_use_area_as_their_bytes_do() =>
        Assert.That(KeyOrder.Compare("\U0001F600", "\uFFFD"), Is.Positive);

    [Test]
    public void Compare_agrees_with_the_bytes_for_any_text()
    {
        var text = Gen.Elements('a', '/', '.', 'é', '\uD7FF', '\uE000', '\uFFFD').Select(static c => c.ToString())
            .Or(Gen.Elements("\U00010000", "\U0001F600", "\U0010FFFF"))
            .ArrayOf().Select(static parts => string.Concat(parts));

        Prop.ForAll(text.Two().ToArbitrary(), static pair =>
            Math.Sign(KeyOrder.Compare(pair.Item1, pair.Item2))
            == Math.Sign(Encoding.UTF8.GetBytes(pair.Item1).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(pair.Item2))))
            .QuickCheckThrowOnFailure();
    }
}
