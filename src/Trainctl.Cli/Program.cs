using System.CommandLine;
using Spectre.Console;
var c = new RootCommand("x");
c.SetAction(r => { AnsiConsole.MarkupLine("[red]x[/]"); return 0; });
return await c.Parse(args).InvokeAsync();
