using System.CommandLine;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl completion</c>: scripts that let a shell ask <c>trainctl</c> itself what can come next.</summary>
internal sealed class CompletionCommand : CliCommand
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _trainctl() {
              local IFS=$'\n'
              COMPREPLY=($(trainctl "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null | grep -e "^${COMP_WORDS[COMP_CWORD]}"))
              [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o nospace -F _trainctl trainctl
            """,
        ["zsh"] = """
            _trainctl() {
              local -a found
              found=("${(@f)$(trainctl "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
              if [[ -n "$found" ]]; then compadd -- $found; else _files; fi
            }
            compdef _trainctl trainctl
            """,
        ["fish"] = """
            complete -c trainctl -a "(trainctl '[suggest:'(string length -- (commandline -cp))']' (commandline -cp) 2>/dev/null)"
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName trainctl -ScriptBlock {
              param($wordToComplete, $commandAst, $cursorPosition)
              trainctl "[suggest:$cursorPosition]" "$commandAst" 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """,
    };

    private readonly Argument<string> _shell = new("shell") { Description = "bash, zsh, fish or pwsh." };

    public CompletionCommand(CliHost host)
        : base(host, "completion", "Prints a script that completes commands and options in a shell.")
    {
        _shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        Arguments.Add(_shell);
    }

    public override IReadOnlyList<string> Examples => ["source <(trainctl completion bash)", "trainctl completion fish > ~/.config/fish/completions/trainctl.fish"];

    /// <summary>A shell reads it at its start, wherever that is.</summary>
    protected override bool ReadsConfig => false;

    protected override Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        run.Output.WriteLine(Scripts[run.Argument(_shell)]);
        return Task.FromResult(0);
    }
}
