using Trainctl.Testing;

namespace Trainctl.Tests.Transfer.S5cmd;

/// <summary>A script in the place of s5cmd that does what a test wants to go wrong; the rest it does as s5cmd does, on a <see cref="FileBucket"/>.</summary>
internal sealed class StandIn(TemporaryFolder folder)
{
    private readonly string _arguments = folder.Combine("arguments");
    private readonly string _environment = folder.Combine("environment");

    /// <summary>What it answers to 'version'.</summary>
    public string Version { get; init; } = "v2.3.0-991c9fb";

    /// <summary>Done before an object is copied from <c>$from</c> to <c>$to</c>.</summary>
    public string Before { get; init; } = "";

    /// <summary>How it is copied.</summary>
    public string Copy { get; init; } = """cp "$from" "$to" """;

    /// <summary>Done when it has been copied, before it is said.</summary>
    public string After { get; init; } = "";

    /// <summary>How it is said.</summary>
    public string Say { get; init; } = """printf '{"operation":"cp","success":true,"destination":"%s","object":{"type":"file","size":1}}\n' "$said" """;

    /// <summary>The last it does.</summary>
    public string End { get; init; } = "";

    /// <summary>The arguments of all its runs but those that ask for the version.</summary>
    public string Arguments => File.Exists(_arguments) ? File.ReadAllText(_arguments) : "";

    /// <summary>The environment of its last run.</summary>
    public string[] Environment => File.ReadAllLines(_environment);

    /// <summary>Writes the script and gives its path.</summary>
    public string Install(string bucket)
    {
        var path = folder.Write("bin/s5cmd", $$"""
            #!/bin/bash
            if [ "$1" = version ]; then echo '{{Version}}'; exit 0; fi
            echo "$@" >> '{{_arguments}}'
            env > '{{_environment}}'
            while IFS= read -r line; do
              eval "set -- $line"
              meta=
              while [ $# -gt 2 ]; do
                case "$1" in
                  --metadata) meta="$meta$2"$'\n'; shift 2 ;;
                  cp | --raw) shift ;;
                  *) shift 2 ;;
                esac
              done
              from=${1/#s3:\/\/bucket/'{{bucket}}'}
              to=${2/#s3:\/\/bucket/'{{bucket}}'}
              said=${2//\\/\\\\}
              said=${said//\"/\\\"}
              mkdir -p "$(dirname "$to")"
              {{Before}}
              {{Copy}}
              [ "$2" = "$to" ] || printf %s "$meta" > "$to.meta"
              {{After}}
              {{Say}}
            done
            {{End}}
            """.ReplaceLineEndings("\n") + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
