using Trainctl.Testing;
using Trainctl.Transfer.Scheduling;

namespace Trainctl.Tests.Transfer.Scheduling;

/// <summary>How many small objects are moved at once, on stores whose throughput is a curve over that number.</summary>
public sealed class ConcurrencyControllerTests
{
    private const int Unlimited = 512;

    /// <summary>Far from every end, so that there is something to find.</summary>
    private const int First = 8;

    /// <summary>Far stores gain by each worker up to some number.</summary>
    [TestCase(64, 64, 64, 64)]
    [TestCase(40, 64, 36, 52)]
    [TestCase(16, 64, 14, 20)]
    [TestCase(8, 64, 7, 10)]
    [TestCase(2, 64, 2, 4)]
    [TestCase(40, 20, 20, 20)]
    [TestCase(40, 3, 3, 3)]
    [TestCase(1, 1, 1, 1)]
    public void It_ends_about_where_more_help_no_more(int knee, int most, int fewest, int largest)
    {
        var controller = new ConcurrencyController(most, First);

        Work(controller, workers => Math.Min(workers, knee), samples: 200);

        Assert.That(Settled(controller, workers => Math.Min(workers, knee)), Is.InRange(fewest, largest));
    }

    [Test]
    public void It_doubles_while_that_helps()
    {
        var controller = new ConcurrencyController(100, First);

        var numbers = Work(controller, static workers => workers, samples: 6);

        Assert.That(numbers, Is.EqualTo((int[])[8, 8, 16, 32, 64, 100]).Or.EqualTo((int[])[8, 16, 32, 64, 100, 100]));
    }

    /// <summary>A doubling that the limit cuts off would be tried with all there may be, and take their memory.</summary>
    [TestCase(64, 54)]
    [TestCase(96, 96)]
    [TestCase(49, 49)]
    [TestCase(48, 48)]
    [TestCase(20, 20)]
    public void By_itself_it_begins_with_many_and_tries_few_more(int most, int second)
    {
        var controller = new ConcurrencyController(most);

        Assert.That(Work(controller, static workers => workers, samples: 2), Is.EqualTo((int[])[Math.Min(48, most), second]));
    }

    /// <summary>Near ones are as fast with few.</summary>
    [Test]
    public void By_itself_it_ends_with_few_where_more_do_not_help()
    {
        var controller = new ConcurrencyController(64);

        Work(controller, static workers => Math.Min(workers, 8), samples: 200);

        Assert.That(Settled(controller, static workers => Math.Min(workers, 8)), Is.InRange(7, 10));
    }

    /// <summary>Each request to a far store waits for the way; a near one has a queue with as many as there are.</summary>
    [TestCase(false, 256, 256)]
    [TestCase(false, 150, 144, 192)]
    [TestCase(true, 64, 64)]
    public void Many_are_found_only_where_nothing_queues(bool isQueueing, int knee, int fewest, int largest = 256)
    {
        var controller = new ConcurrencyController(256);

        var numbers = Work(controller, workers => Math.Min(workers, knee), samples: 100, isQueueing);

        Assert.That(numbers.Max(), Is.InRange(fewest, isQueueing ? ConcurrencyController.MostQueueing : 256));
        Assert.That(numbers.Skip(10).Average(), Is.InRange(fewest * 0.85, largest), string.Join(' ', numbers));
    }

    [Test]
    public void Once_something_queues_there_are_no_more()
    {
        var controller = new ConcurrencyController(256);
        Work(controller, static workers => workers, samples: 2);
        var before = controller.Workers;

        var later = Work(controller, static workers => workers, samples: 100, isQueueing: true);

        Assert.That((before, later.Max()), Is.EqualTo((192, 192)));
    }

    /// <summary>Too many at once make such a server slower than few.</summary>
    [Test]
    public void It_goes_back_when_more_are_slower()
    {
        static double Collapses(int workers) => workers <= 12 ? workers : 144.0 / workers;
        var controller = new ConcurrencyController(64, First);

        var numbers = Work(controller, Collapses, samples: 200);

        Assert.That(numbers.Max(), Is.InRange(16, 26), "no more than twice what is kept is ever tried");
        Assert.That(Settled(controller, Collapses), Is.InRange(10, 13));
    }

    [Test]
    public void It_finds_out_when_more_have_become_better_and_when_fewer_have()
    {
        var controller = new ConcurrencyController(64, First);
        Work(controller, static _ => 10, samples: 200);
        var before = controller.Workers;

        Work(controller, static workers => workers, samples: 400);
        var grown = Settled(controller, static workers => workers);
        Work(controller, static workers => Math.Min(workers, 10), samples: 400);
        var shrunk = Settled(controller, static workers => Math.Min(workers, 10));

        Assert.Multiple(() =>
        {
            Assert.That(before, Is.LessThan(4));
            Assert.That(grown, Is.EqualTo(64));
            Assert.That(shrunk, Is.InRange(9, 12));
        });
    }

    [Test]
    public void A_store_that_asks_for_fewer_gets_no_more_at_once_and_more_again_when_it_takes_them()
    {
        var controller = new ConcurrencyController(64, First);
        Work(controller, static workers => workers, samples: 20);

        controller.Observe(Sample(1, ceiling: 5));
        var slowed = controller.Workers;
        for (var ceiling = 6; ceiling < 60; ceiling++)
        {
            controller.Observe(Sample(controller.Workers, ceiling));
            Assert.That(controller.Workers, Is.InRange(1, ceiling));
        }

        Work(controller, static workers => workers, samples: 400);

        Assert.That(slowed, Is.EqualTo(5));
        Assert.That(Settled(controller, static workers => workers), Is.EqualTo(64));
    }

    /// <summary>Large objects take longer, which says nothing about their number at once.</summary>
    [Test]
    public void Samples_of_larger_and_smaller_objects_can_be_compared()
    {
        var controller = new ConcurrencyController(64, First);
        controller.Observe(new WorkSample(Objects: 100, Bytes: 100L * 1024 * 1024, TimeSpan.FromSeconds(5), Unlimited));

        controller.Observe(new WorkSample(Objects: 500, Bytes: 0, TimeSpan.FromSeconds(5), Unlimited));

        Assert.That(controller.Workers, Is.EqualTo(8), "the same work in the same time is no gain");
    }

    [Test]
    public void No_throughput_makes_it_leave_its_bounds()
    {
        for (var seed = 0; seed < SearchSize.Of(200); seed++)
        {
            var random = new Random(seed);
            var most = random.Next(1, 200);
            var controller = new ConcurrencyController(most, First);
            for (var i = 0; i < 300; i++)
            {
                var ceiling = random.Next(4) == 0 ? random.Next(1, 100) : Unlimited;
                controller.Observe(new WorkSample(random.Next(0, 1000), random.NextInt64(1 << 30), TimeSpan.FromMilliseconds(random.Next(1, 1000)), ceiling));
                Assert.That(controller.Workers, Is.InRange(1, Math.Min(most, ceiling)), $"seed {seed}, sample {i}");
            }
        }
    }

    /// <summary>Two samples of the same are never the same.</summary>
    [Test]
    public void It_reaches_a_far_stores_throughput_on_a_noisy_machine()
    {
        for (var seed = 0; seed < SearchSize.Of(100); seed++)
        {
            var random = new Random(seed);
            var controller = new ConcurrencyController(64, First);

            var numbers = Work(controller, workers => workers * (0.9 + (0.2 * random.NextDouble())), samples: 150);

            Assert.That(numbers.Skip(5).Average(), Is.GreaterThan(48), $"seed {seed}: {string.Join(' ', numbers)}");
        }
    }

    private static WorkSample Sample(double rate, int ceiling = Unlimited, bool isQueueing = false) =>
        new((int)(rate * 1000), 0, TimeSpan.FromSeconds(1), ceiling) { IsQueueing = isQueueing };

    /// <summary>How many there were at each sample.</summary>
    private static List<int> Work(ConcurrencyController controller, Func<int, double> throughput, int samples, bool isQueueing = false)
    {
        var numbers = new List<int>();
        for (var i = 0; i < samples; i++)
        {
            numbers.Add(controller.Workers);
            controller.Observe(Sample(throughput(controller.Workers), isQueueing: isQueueing));
        }

        return numbers;
    }

    /// <summary>The number that it keeps most of the time.</summary>
    private static int Settled(ConcurrencyController controller, Func<int, double> throughput) =>
        Work(controller, throughput, samples: 100).GroupBy(static workers => workers).MaxBy(static same => same.Count())!.Key;
}
