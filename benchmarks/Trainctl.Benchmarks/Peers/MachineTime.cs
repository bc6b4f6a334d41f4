using System.Globalization;

namespace Trainctl.Benchmarks.Peers;

/// <summary>What all processors of the machine have done since it was started, in seconds (proc_stat(5)); it is counted in hundredths.</summary>
/// <param name="Busy">With anything.</param>
/// <param name="Idle">Nothing, or waiting for a disk.</param>
internal readonly record struct MachineTime(double Busy, double Idle)
{
    private const double PerSecond = 100;

    public static MachineTime Now
    {
        get
        {
            // cpu  user nice system idle iowait irq softirq steal ...: guests are counted as users too.
            var line = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var ticks = line.Skip(1).Take(8).Select(static t => double.Parse(t, CultureInfo.InvariantCulture) / PerSecond).ToArray();
            var idle = ticks[3] + ticks[4];
            return new MachineTime(ticks.Sum() - idle, idle);
        }
    }

    public static MachineTime operator -(MachineTime after, MachineTime before) => new(after.Busy - before.Busy, after.Idle - before.Idle);
}
