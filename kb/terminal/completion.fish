function _unstuck_completion
    set -l response (COMP_WORDS=(commandline -cp | string collect) COMP_CWORD=(commandline -ct | string collect) \
        _UNSTUCK_COMPLETE=fish_complete unstuck 2>/dev/null </dev/null)
    for line in $response
        set -l parts (string split -m 1 , -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                echo $parts[2]
        end
    end
end
complete --no-files --command unstuck --arguments '(_unstuck_completion)'
