namespace Trainctl.Tests;

/// <summary>Where front ends of people keep what is unfinished.</summary>
[Platform(Exclude = "Win", Reason = "The paths are those of Unix.")]
public sealed class StateDirectoryTests
{
    [TestCase("", null)]
    [TestCase("HOME=/home/me", "/home/me/.local/state/trainctl")]
    [TestCase("HOME=/home/me XDG_STATE_HOME=/state", "/state/trainctl")]
    [TestCase("HOME=/home/me XDG_STATE_HOME=state", "/home/me/.local/state/trainctl")]
    [TestCase("HOME=me", null)]
    [TestCase("HOME=/home/me XDG_STATE_HOME=/state TRAINCTL_STATE_DIR=/mine", "/mine")]
    [TestCase("HOME=/home/me TRAINCTL_STATE_DIR=mine", "/project/mine")]
    [TestCase("HOME=/home/me TRAINCTL_STATE_DIR=", "/home/me/.local/state/trainctl")]
    [TestCase("HOME=/home/me TRAINCTL_STATE_DIR=off", null)]
    public void It_is_what_the_environment_says(string environment, string? expected)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static v => v.Split('=')).ToDictionary(static v => v[0], static v => v[1]);

        Assert.That(EngineHost.DefaultStateDirectory(variables.GetValueOrDefault, "/project"), Is.EqualTo(expected));
    }
}
