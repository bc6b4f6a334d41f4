using System.Text;

namespace Trainctl.MSBuild.Binding;

/// <summary>Splits a command line into words at white space. Quotes of either kind hold a word together, and are taken off; nothing else is special.</summary>
internal static class Words
{
    public static string[] Split(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char? quote = null;
        foreach (var c in line)
        {
            if (quote is null && char.IsWhiteSpace(c))
            {
                if (word is not null)
                    words.Add(word.ToString());
                word = null;
                continue;
            }

            word ??= new StringBuilder();
            if (c == quote)
                quote = null;
            else if (quote is null && (c is '"' or '\''))
                quote = c;
            else
                word.Append(c);
        }

        if (quote is { } open)
            throw new Diagnostics.TrainctlException(Diagnostics.TrainctlError.InvalidSetting, $"Arguments: a quote {open} is not closed.", "Arguments");
        if (word is not null)
            words.Add(word.ToString());
        return [.. words];
    }
}
