// The part of a job that the scheduler of a cluster has given to this program.

extension Shard {
    /// The part that the environment names, or nil if it names none.
    ///
    /// Read in this order, the first whose first variable is set:
    /// 1. Slurm's job arrays: `SLURM_ARRAY_TASK_ID`, `_COUNT`, `_MIN` and `_MAX`. The ids may begin anywhere and have a
    ///    step (`--array=1-7:2` are parts 0 to 3); from ids with gaps no part can be told, which is an error.
    ///    Without the last two, ids are 0, 1, 2 and so on.
    ///    Task ids submitted anew on their own are another array with another count: give `--shard` then.
    /// 2. Indexed jobs of Kubernetes: `JOB_COMPLETION_INDEX`. Kubernetes does not tell a pod how many there are
    ///    (kubernetes/kubernetes issue 106009), so `JOB_COMPLETIONS` must be set in the pod's template to the value of
    ///    `spec.completions`.
    /// 3. Open MPI: `OMPI_COMM_WORLD_RANK` and `OMPI_COMM_WORLD_SIZE`.
    ///
    /// - Parameter environment: the variables, as of `ProcessInfo.processInfo.environment`
    /// - Throws: ``WeftError`` that names the variable that is missing or makes no sense
    public static func fromEnvironment(_ environment: [String: String]) throws -> Shard? {
        if environment["SLURM_ARRAY_TASK_ID"] != nil { return try slurm(environment) }
        if environment["JOB_COMPLETION_INDEX"] != nil {
            return try pair(
                "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", environment,
                hint: "set it in the pod's template to the value of spec.completions")
        }
        if environment["OMPI_COMM_WORLD_RANK"] != nil {
            return try pair(
                "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", environment, hint: "mpirun of Open MPI sets both")
        }
        return nil
    }

    private static func slurm(_ environment: [String: String]) throws -> Shard {
        let hint = "Slurm sets it in job arrays"
        let id = try value("SLURM_ARRAY_TASK_ID", environment, hint: hint)
        let count = try value("SLURM_ARRAY_TASK_COUNT", environment, hint: hint)
        func known(_ name: String, else other: Int) throws -> Int {
            environment[name] == nil ? other : try value(name, environment, hint: hint)
        }
        let first = try known("SLURM_ARRAY_TASK_MIN", else: 0)
        let last = try known("SLURM_ARRAY_TASK_MAX", else: first + max(0, count - 1))
        let ids = "SLURM_ARRAY_TASK_ID \(id) of \(count) tasks from \(first) to \(last)"
        guard count >= 1, first <= id, id <= last, count > 1 || first == last else {
            throw WeftError(.invalidRequest, "\(ids) makes no sense; give --shard I/N")
        }
        // All ids fall on equal steps only if there is no gap between them: there are as many steps as ids.
        let step = count == 1 ? 1 : (last - first) / (count - 1)
        guard count == 1 || (step >= 1 && (last - first) % (count - 1) == 0 && (id - first) % step == 0) else {
            throw WeftError(
                .invalidRequest, "\(ids): the array has gaps, so the task's part cannot be told; give --shard I/N")
        }
        return try Shard((id - first) / step, of: count)
    }

    private static func pair(
        _ indexName: String, _ countName: String, _ environment: [String: String], hint: String
    ) throws -> Shard {
        let index = try value(indexName, environment, hint: hint)
        let count = try value(countName, environment, hint: hint)
        do {
            return try Shard(index, of: count)
        } catch let error as WeftError {
            throw WeftError(error.code, "\(indexName) \(index), \(countName) \(count): \(error.message)")
        }
    }

    private static func value(_ name: String, _ environment: [String: String], hint: String) throws -> Int {
        guard let text = environment[name] else {
            throw WeftError(.invalidRequest, "\(name) is not set: \(hint), or give --shard I/N")
        }
        guard let number = number(text) else {
            throw WeftError(.invalidRequest, "\(name) is \"\(text)\" and not a whole number; give --shard I/N")
        }
        return number
    }
}
