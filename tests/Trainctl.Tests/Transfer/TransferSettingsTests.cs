using Trainctl.Transfer;

namespace Trainctl.Tests.Transfer;

/// <summary>How many small objects are in flight at once: by default fewer where nobody measures how many pay, and what was asked for everywhere.</summary>
public sealed class TransferSettingsTests
{
    [TestCase(null, 256, 64, 32)]
    [TestCase(256, 256, 256, 32)]
    [TestCase(64, 64, 64, 32)]
    [TestCase(4, 4, 4, 4)]
    public void What_was_asked_for_holds_even_where_it_is_the_default(int? concurrency, int measured, int unmeasured, int lookups)
    {
        var settings = TransferSettings.Default with { Concurrency = concurrency };

        Assert.That((settings.MeasuredConcurrency, settings.UnmeasuredConcurrency, settings.LookupConcurrency), Is.EqualTo((measured, unmeasured, lookups)));
    }
}
